package dev.foretoken.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.store.JobState;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchJobMetricsTest {

    private final PrometheusTelemetry telemetry = new PrometheusTelemetry(() -> 0);
    private final BatchJobMetrics metrics = new BatchJobMetrics(telemetry);

    private String page() {
        return new String(MetricsPage.render(telemetry, null).body(), UTF_8);
    }

    @Test
    void thePageShowsWhatIsOpenNow() {
        metrics.open(Map.of(JobState.VALIDATING, 3, JobState.IN_PROGRESS, 2), Duration.ofMillis(1500));
        metrics.open(Map.of(JobState.IN_PROGRESS, 4), Duration.ofMillis(2500));
        assertThat(page())
                .contains("foretoken_batch_jobs{state=\"validating\",} 0.0")
                .contains("foretoken_batch_jobs{state=\"in_progress\",} 4.0")
                .contains("foretoken_batch_jobs_oldest_waiting_seconds 2.5");
    }

    @Test
    void whatHappenedIsCounted() {
        metrics.answered(false);
        metrics.answered(false);
        metrics.answered(true);
        metrics.ended(JobState.EXPIRED);
        assertThat(page())
                .contains("foretoken_batch_job_lines_total{outcome=\"completed\",} 2.0")
                .contains("foretoken_batch_job_lines_total{outcome=\"failed\",} 1.0")
                .contains("foretoken_batch_jobs_ended_total{state=\"expired\",} 1.0")
                .contains("foretoken_batch_jobs_ended_total{state=\"failed\",} 0.0");
    }
}
