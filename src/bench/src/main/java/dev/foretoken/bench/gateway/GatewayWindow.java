package dev.foretoken.bench.gateway;

import dev.foretoken.bench.client.StreamedAnswer;
import dev.foretoken.bench.client.TokenTimes;
import dev.foretoken.bench.stats.Latencies;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums up the measured part of a run, from {@code fromNanos} (inclusive) to {@code toNanos} (exclusive) of the clock that all three processes
 * share. Used by one thread.
 */
final class GatewayWindow {

    private final long fromNanos;
    private final long toNanos;
    private final Latencies toPod = new Latencies();
    private final Latencies toClient = new Latencies();
    private final Latencies both = new Latencies();
    private final Map<String, Long> endings = new TreeMap<>();
    private long requests;
    private long tokens;
    private long events;

    GatewayWindow(long fromNanos, long toNanos) {
        this.fromNanos = fromNanos;
        this.toNanos = toNanos;
    }

    /** Counts what of an answer lies in the window. */
    void add(StreamedAnswer answer) {
        TokenTimes times = answer.tokens();
        endings.merge(answer.ending().key(), 1L, Long::sum);
        requests += contains(answer.sentNanos()) ? 1 : 0;
        tokens += times.between(fromNanos, toNanos);
        for (int i = 0; i < times.events(); i++) {
            events += contains(times.nanosAt(i)) ? 1 : 0;
        }
    }

    /** Takes the way of a request's first token, if the request was sent in the window. */
    void add(StreamedAnswer answer, Mark mark) {
        if (contains(answer.sentNanos()) && answer.tokens().events() > 0) {
            long there = mark.submittedNanos() - answer.sentNanos();
            long back = answer.tokens().nanosAt(0) - mark.emittedNanos();
            toPod.add(there);
            toClient.add(back);
            both.add(there + back);
        }
    }

    Map<String, Long> endings() {
        return endings;
    }

    GatewayReport.Traffic traffic(Duration gatewayCpu) {
        double cpuSeconds = gatewayCpu.toNanos() / 1e9;
        return new GatewayReport.Traffic(
                (toNanos - fromNanos) / 1e9,
                requests,
                tokens,
                events,
                cpuSeconds,
                tokens == 0 ? 0 : cpuSeconds * 1e6 / tokens);
    }

    GatewayReport.FirstToken firstToken() {
        return new GatewayReport.FirstToken(toPod.summary(), toClient.summary(), both.summary());
    }

    private boolean contains(long nanos) {
        return nanos >= fromNanos && nanos < toNanos;
    }
}
