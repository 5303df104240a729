package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.TokenTimes;
import dev.foretoken.bench.stats.Latencies;
import dev.foretoken.bench.stats.LatencySummary;
import java.util.List;

/**
 * Latencies of the answers that were sent inside the window and came whole, in seconds.
 *
 * @param tpotSeconds only answers of at least two tokens
 * @param itlSeconds every gap between two events that carry tokens
 * @param lagSeconds how late the load generator itself sent, against its schedule
 */
record LatencyReport(
        LatencySummary ttftSeconds,
        LatencySummary tpotSeconds,
        LatencySummary itlSeconds,
        LatencySummary e2eSeconds,
        LatencySummary lagSeconds) {

    static LatencyReport of(List<CallRecord> calls, Window window) {
        Latencies ttft = new Latencies();
        Latencies tpot = new Latencies();
        Latencies itl = new Latencies();
        Latencies e2e = new Latencies();
        Latencies lag = new Latencies();
        for (CallRecord call : calls) {
            if (!window.contains(call.sentNanos())) {
                continue;
            }
            lag.add(call.sentNanos() - call.dueNanos());
            if (call.succeeded()) {
                ttft.add(nanos(call.ttftSeconds()));
                e2e.add(nanos(call.e2eSeconds()));
                addGaps(itl, call.tokens());
                if (call.outputTokens() > 1) {
                    tpot.add(nanos(call.tpotSeconds()));
                }
            }
        }
        return new LatencyReport(ttft.summary(), tpot.summary(), itl.summary(), e2e.summary(), lag.summary());
    }

    private static void addGaps(Latencies itl, TokenTimes tokens) {
        for (int i = 1; i < tokens.events(); i++) {
            itl.add(tokens.nanosAt(i) - tokens.nanosAt(i - 1));
        }
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }
}
