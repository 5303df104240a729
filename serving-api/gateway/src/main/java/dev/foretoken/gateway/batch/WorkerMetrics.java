package dev.foretoken.gateway.batch;

import dev.foretoken.batch.kafka.BatchMetrics;
import dev.foretoken.batch.record.PoisonReason;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.time.Duration;
import java.util.Locale;

/**
 * What a worker of batch topics tells of itself, on the metrics page of its process. Series that alerts watch are there from the beginning, so that
 * the first of their kind is a rise.
 */
public final class WorkerMetrics implements BatchMetrics {

    private static final Metric LAG = Metric.of(
            "foretoken_batch_lag_requests", "Requests of this worker's partitions that are not answered yet.");
    private static final Metric OLDEST = Metric.of(
            "foretoken_batch_oldest_seconds",
            "Time in the topic of the oldest request that was read and not answered.");
    private static final Metric IN_FLIGHT =
            Metric.of("foretoken_batch_requests_in_flight", "Requests of batch topics that run.");
    private static final Metric RETRYING = Metric.of(
            "foretoken_batch_requests_retrying",
            "Requests of batch topics in flight that wait for their next try: for room, a model or their tenant's share.");
    private static final Metric LIMIT =
            Metric.of("foretoken_batch_flight_limit", "Requests of batch topics that may run, by what engines report.");
    private static final Metric KNOWN_IDS =
            Metric.of("foretoken_batch_known_ids", "Ids of batch topics that this worker knows as answered.");
    private static final Metric KNOWN_ID_BYTES =
            Metric.of("foretoken_batch_known_id_bytes", "Memory that the ids take which this worker knows.");
    private static final Metric ANSWERS =
            Metric.of("foretoken_batch_answers_total", "Requests of batch topics that were answered.", "status");
    private static final Metric DUPLICATES =
            Metric.of("foretoken_batch_duplicates_total", "Requests of batch topics whose id was answered before.");
    private static final Metric RETRIES =
            Metric.of("foretoken_batch_retries_total", "Tries of requests after one that failed.", "code");
    private static final Metric DEAD_LETTERS =
            Metric.of("foretoken_batch_dead_letters_total", "Records that are no requests.", "reason");
    private static final Metric ABORTED =
            Metric.of("foretoken_batch_transactions_aborted_total", "Transactions of answers that were given up.");
    private static final Metric SECONDS =
            Metric.of("foretoken_batch_transaction_seconds", "Time of a transaction that was committed.");
    private static final Metric SIZE =
            Metric.of("foretoken_batch_transaction_answers", "Answers in a transaction that was committed.");

    private static final double[] SECONDS_BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    private static final double[] SIZE_BOUNDS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};
    private static final double NANOS = 1e9;

    private final Telemetry telemetry;
    private final Counter duplicates;
    private final Counter aborted;
    private final Histogram seconds;
    private final Histogram size;
    private volatile long lag;
    private volatile double oldestSeconds;
    private volatile int inFlight;
    private volatile int limit;
    private volatile int retrying;
    private volatile long knownIds;
    private volatile long knownIdBytes;

    public WorkerMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        this.duplicates = telemetry.counter(DUPLICATES);
        this.aborted = telemetry.counter(ABORTED);
        this.seconds = telemetry.histogram(SECONDS, SECONDS_BOUNDS);
        this.size = telemetry.histogram(SIZE, SIZE_BOUNDS);
        telemetry.gauge(LAG, () -> lag);
        telemetry.gauge(OLDEST, () -> oldestSeconds);
        telemetry.gauge(IN_FLIGHT, () -> inFlight);
        telemetry.gauge(LIMIT, () -> limit);
        telemetry.gauge(RETRYING, () -> retrying);
        telemetry.gauge(KNOWN_IDS, () -> knownIds);
        telemetry.gauge(KNOWN_ID_BYTES, () -> knownIdBytes);
        telemetry.counter(ANSWERS, "200");
        telemetry.counter(RETRIES, name(ErrorCode.QUEUE_FULL));
        for (PoisonReason reason : PoisonReason.values()) {
            telemetry.counter(DEAD_LETTERS, reason.code());
        }
    }

    private static String name(ErrorCode code) {
        return code.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void lag(long requests) {
        lag = requests;
    }

    @Override
    public void oldestAge(Duration age) {
        oldestSeconds = age.toNanos() / NANOS;
    }

    @Override
    public void inFlight(int requests, int most) {
        inFlight = requests;
        limit = most;
    }

    @Override
    public void retrying(int requests) {
        retrying = requests;
    }

    @Override
    public void remembered(long ids, long bytes) {
        knownIds = ids;
        knownIdBytes = bytes;
    }

    @Override
    public void answered(int status) {
        telemetry.counter(ANSWERS, Integer.toString(status)).increment();
    }

    @Override
    public void duplicate() {
        duplicates.increment();
    }

    @Override
    public void retried(ErrorCode code) {
        telemetry.counter(RETRIES, name(code)).increment();
    }

    @Override
    public void deadLettered(String reason) {
        telemetry.counter(DEAD_LETTERS, reason).increment();
    }

    @Override
    public void committed(int answers, Duration took) {
        size.observe(answers);
        seconds.observe(took.toNanos() / NANOS);
    }

    @Override
    public void aborted() {
        aborted.increment();
    }
}
