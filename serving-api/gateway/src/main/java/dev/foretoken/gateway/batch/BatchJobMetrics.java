package dev.foretoken.gateway.batch;

import dev.foretoken.batch.job.JobMetrics;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** What is told of batches, on the metrics page of the gateway. All series are there from the beginning, so that the first of their kind is a rise. */
public final class BatchJobMetrics implements JobMetrics {

    private static final Metric OPEN =
            Metric.of("foretoken_batch_jobs", "Batches that are not over, of all gateways of the database.", "state");
    private static final Metric WAITING = Metric.of(
            "foretoken_batch_jobs_oldest_waiting_seconds", "Age of the oldest batch that no gateway works on.");
    private static final Metric LINES = Metric.of(
            "foretoken_batch_job_lines_total", "Requests of batches whose answers this gateway noted.", "outcome");
    private static final Metric ENDED =
            Metric.of("foretoken_batch_jobs_ended_total", "Batches that this gateway ended.", "state");

    private static final double NANOS = 1e9;

    private final Telemetry telemetry;
    private final Counter completed;
    private final Counter failed;
    private volatile Map<JobState, Integer> open = Map.of();
    private volatile double waitingSeconds;

    public BatchJobMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        this.completed = telemetry.counter(LINES, "completed");
        this.failed = telemetry.counter(LINES, "failed");
        telemetry.gauge(WAITING, () -> waitingSeconds);
        Arrays.stream(JobState.values()).forEach(this::begin);
    }

    private void begin(JobState state) {
        if (state.isOver()) {
            telemetry.counter(ENDED, state.text());
        } else {
            telemetry.gauge(OPEN, () -> open.getOrDefault(state, 0), state.text());
        }
    }

    @Override
    public void open(Map<JobState, Integer> jobs, Duration oldestWaiting) {
        open = Map.copyOf(jobs);
        waitingSeconds = oldestWaiting.toNanos() / NANOS;
    }

    @Override
    public void answered(boolean isError) {
        (isError ? failed : completed).increment();
    }

    @Override
    public void ended(JobState state) {
        telemetry.counter(ENDED, state.text()).increment();
    }
}
