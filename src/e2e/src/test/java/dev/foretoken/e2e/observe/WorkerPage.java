package dev.foretoken.e2e.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.e2e.server.Metrics;
import dev.foretoken.gateway.batch.BatchJobMetrics;
import dev.foretoken.gateway.batch.WorkerMetrics;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;

/** What a worker of batch topics, and a folder of batches, add to the page of their process: made without the brokers that one needs to start. */
final class WorkerPage {

    private WorkerPage() {}

    static Metrics of() {
        PrometheusTelemetry telemetry = new PrometheusTelemetry(System::nanoTime);
        new WorkerMetrics(telemetry);
        new BatchJobMetrics(telemetry);
        return Metrics.of(new String(MetricsPage.render(telemetry, null).body(), UTF_8));
    }
}
