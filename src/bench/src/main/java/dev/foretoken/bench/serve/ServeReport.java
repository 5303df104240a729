package dev.foretoken.bench.serve;

import dev.foretoken.bench.report.Provenance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one run; its JSON form is the file format {@code foretoken.bench.serve/1}.
 *
 * @param window seconds after the start of the run between which latencies and {@code steady} are counted
 * @param steady rates inside the window
 * @param wholeRun rates from the first sending to the last ending, warm-up and cool-down included
 * @param clientCpuSeconds processor time this tool took; near {@code seconds} times cores, it was the bottleneck
 * @param serverCpuSeconds processor time the process of {@code --server-pid} took over the whole run
 * @param serverCpuMicrosPerToken the same for each output token of the whole run, cancelled answers included
 */
record ServeReport(
        String schema,
        Provenance provenance,
        LoadDescription load,
        WindowReport window,
        Account account,
        LatencyReport latency,
        RateReport steady,
        RateReport wholeRun,
        TokenAccount tokens,
        double clientCpuSeconds,
        @Nullable Double serverCpuSeconds,
        @Nullable Double serverCpuMicrosPerToken) {
    static final String SCHEMA = "foretoken.bench.serve/1";

    /** When the window was, in seconds after the start. */
    record WindowReport(double fromSeconds, double toSeconds, boolean trimmed) {}

    /** Sums up a run of at least one request. */
    static ServeReport of(Provenance provenance, LoadDescription load, Slo slo, LoadResult result, Warmup warmup) {
        List<CallRecord> calls = result.calls();
        Window window = Window.steady(calls, warmup, load.concurrency() != null);
        return new ServeReport(
                SCHEMA,
                provenance,
                load,
                new WindowReport(window.fromNanos() / 1e9, window.toNanos() / 1e9, window.trimmed()),
                Account.of(result.sent(), calls),
                LatencyReport.of(calls, window),
                RateReport.of(calls, window, slo),
                RateReport.of(calls, Window.whole(calls), slo),
                TokenAccount.of(calls),
                result.clientCpuSeconds(),
                result.serverCpuSeconds(),
                microsPerToken(result));
    }

    private static @Nullable Double microsPerToken(LoadResult result) {
        long tokens =
                result.calls().stream().mapToLong(call -> call.tokens().total()).sum();
        return result.serverCpuSeconds() == null || tokens == 0 ? null : result.serverCpuSeconds() * 1e6 / tokens;
    }
}
