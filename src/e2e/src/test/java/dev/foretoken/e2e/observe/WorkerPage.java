package dev.foretoken.e2e.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.e2e.server.Metrics;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.gateway.batch.BatchJobMetrics;
import dev.foretoken.gateway.batch.WorkerMetrics;
import dev.foretoken.gateway.hold.HeldRequests;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.util.Optional;

/**
 * What a worker of batch topics, a folder of batches, and requests that wait for a pod add to the page of their process: made without the
 * brokers that one needs to start, and without letting anybody wait.
 */
final class WorkerPage {

    private WorkerPage() {}

    static Metrics of() {
        PrometheusTelemetry telemetry = new PrometheusTelemetry(System::nanoTime);
        new WorkerMetrics(telemetry);
        new BatchJobMetrics(telemetry);
        waitOnce(telemetry);
        return Metrics.of(new String(MetricsPage.render(telemetry, null).body(), UTF_8));
    }

    /** A model has its gauge once a request waited for it. */
    private static void waitOnce(PrometheusTelemetry telemetry) {
        HoldLimits limits = new HoldLimits(Duration.ofMinutes(1), 1);
        try (HeldRequests held =
                new HeldRequests(limits, model -> false, telemetry, System::nanoTime, task -> new Thread(() -> {}))) {
            held.hold(Models.LLAMA, Tenant.of(""), Optional.empty()).leave();
        }
    }
}
