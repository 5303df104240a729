package dev.foretoken.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.record.PoisonReason;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {

    private final PrometheusTelemetry telemetry = new PrometheusTelemetry(() -> 0);
    private final WorkerMetrics metrics = new WorkerMetrics(telemetry);

    private String page() {
        return new String(MetricsPage.render(telemetry, null).body(), UTF_8);
    }

    @Test
    void thePageShowsWhatTheWorkerSaysLast() {
        metrics.lag(7);
        metrics.lag(5);
        metrics.oldestAge(Duration.ofMillis(2500));
        metrics.inFlight(3, 8);
        metrics.retrying(2);
        metrics.remembered(21, 1344);
        assertThat(page())
                .contains("foretoken_batch_lag_requests 5.0")
                .contains("foretoken_batch_oldest_seconds 2.5")
                .contains("foretoken_batch_requests_in_flight 3.0")
                .contains("foretoken_batch_requests_retrying 2.0")
                .contains("foretoken_batch_known_ids 21.0")
                .contains("foretoken_batch_known_id_bytes 1344.0")
                .contains("foretoken_batch_flight_limit 8.0");
    }

    @Test
    void whatHappenedIsCounted() {
        metrics.answered(200);
        metrics.answered(200);
        metrics.answered(404);
        metrics.duplicate();
        metrics.retried(ErrorCode.REPLICA_LOST);
        metrics.deadLettered(PoisonReason.MALFORMED.code());
        metrics.committed(3, Duration.ofMillis(20));
        metrics.aborted();
        assertThat(page())
                .contains("foretoken_batch_answers_total{status=\"200\",} 2.0")
                .contains("foretoken_batch_answers_total{status=\"404\",} 1.0")
                .contains("foretoken_batch_duplicates_total 1.0")
                .contains("foretoken_batch_retries_total{code=\"replica_lost\",} 1.0")
                .contains("foretoken_batch_dead_letters_total{reason=\"malformed\",} 1.0")
                .contains("foretoken_batch_transaction_answers_sum 3.0")
                .contains("foretoken_batch_transaction_seconds_sum 0.02")
                .contains("foretoken_batch_transactions_aborted_total 1.0");
    }

    /** A counter that appears with its first count rises from nothing for whoever watches it, and no alert is raised. */
    @Test
    void whatAlertsWatchIsThereBeforeItHappens() {
        for (PoisonReason reason : PoisonReason.values()) {
            assertThat(page()).contains("foretoken_batch_dead_letters_total{reason=\"" + reason.code() + "\",} 0.0");
        }
        assertThat(page())
                .contains("foretoken_batch_lag_requests 0.0")
                .contains("foretoken_batch_oldest_seconds 0.0")
                .contains("foretoken_batch_transactions_aborted_total 0.0");
    }
}
