package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.tensor.TensorObserver;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What is counted of the requests and runs of one graph of tensors. */
final class TensorMetrics implements TensorObserver {

    private static final String MODEL = "model_name";
    private static final Metric REQUESTS = Metric.of(
            "foretoken_tensor_requests_total",
            "Requests of graphs that ended: ok, or the code of their error",
            MODEL,
            "outcome");
    private static final Metric ROWS =
            Metric.of("foretoken_tensor_rows_total", "Rows of requests that were answered", MODEL);
    private static final Metric RUN =
            Metric.of("foretoken_tensor_run_seconds", "Time of a run of a graph, of one request or more", MODEL);
    private static final Metric QUEUE =
            Metric.of("foretoken_tensor_queue_seconds", "Time from admission to the begin of the run", MODEL);
    private static final Metric BATCH = Metric.of("foretoken_tensor_batch_rows", "Rows of a run", MODEL);
    private static final Metric PADDING =
            Metric.of("foretoken_tensor_padding_share", "Share of a run's positions that are padding", MODEL);

    private static final double NANOS = 1e-9;
    private static final double[] TIMES = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 60};
    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 1024};
    private static final double[] SHARES = {0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5};

    private final Counter answered;
    private final Counter rowsAnswered;
    private final Map<ErrorCode, Counter> failures = new EnumMap<>(ErrorCode.class);
    private final Histogram runTime;
    private final Histogram queueTime;
    private final Histogram batchRows;
    private final Histogram paddingShare;

    TensorMetrics(Telemetry telemetry, String model) {
        answered = telemetry.counter(REQUESTS, model, "ok");
        rowsAnswered = telemetry.counter(ROWS, model);
        for (ErrorCode code : ErrorCode.values()) {
            failures.put(code, telemetry.counter(REQUESTS, model, code.name().toLowerCase(Locale.ROOT)));
        }
        runTime = telemetry.histogram(RUN, TIMES, model);
        queueTime = telemetry.histogram(QUEUE, TIMES, model);
        batchRows = telemetry.histogram(BATCH, SIZES, model);
        paddingShare = telemetry.histogram(PADDING, SHARES, model);
    }

    @Override
    public void ran(long rows, double padding, long nanos) {
        runTime.observe(nanos * NANOS);
        batchRows.observe(rows);
        paddingShare.observe(padding);
    }

    @Override
    public void answered(long rows, long queueNanos) {
        answered.increment();
        rowsAnswered.add(rows);
        queueTime.observe(queueNanos * NANOS);
    }

    @Override
    public void failed(ErrorCode code) {
        Counter counter = failures.get(code);
        if (counter != null) {
            counter.increment();
        }
    }
}
