package dev.foretoken.bench.cluster;

import dev.foretoken.bench.stats.Latencies;

/** Counts what becomes of requests; refuses one that ends twice. */
final class ClusterTally implements Pod.Progress {

    private final long from;
    private final long end;
    private final Latencies ttft = new Latencies();
    private long answered;
    private long refused;
    private long answeredInTime;
    private long promptTokens;
    private long cachedTokens;
    private long reports;
    private long changes;

    /** Between {@code from} and {@code end} is counted. */
    ClusterTally(long from, long end) {
        this.from = from;
        this.end = end;
    }

    @Override
    public void firstToken(SimulatedRequest request, long now) {
        request.started = true;
        if (isCounted(request.sentAt)) {
            ttft.add(now - request.sentAt);
            promptTokens += request.promptTokens;
            cachedTokens += request.cachedTokens;
        }
    }

    @Override
    public void ended(SimulatedRequest request, long now) {
        if (!request.started) {
            throw new IllegalStateException("request " + request.number + " ended without a token");
        }
        close(request);
        answered++;
        answeredInTime += isCounted(now) ? 1 : 0;
    }

    void refused(SimulatedRequest request) {
        close(request);
        refused++;
    }

    private static void close(SimulatedRequest request) {
        if (request.ended) {
            throw new IllegalStateException("request " + request.number + " ended twice");
        }
        request.ended = true;
        if (request.sent != null) {
            request.sent.ended();
        }
    }

    void heard(PodReport report, long now) {
        if (isCounted(now)) {
            reports++;
            changes += report.changes().size();
        }
    }

    private boolean isCounted(long at) {
        return at >= from && at < end;
    }

    long closed() {
        return answered + refused;
    }

    ClusterOutcome outcome(long sent) {
        double seconds = (end - from) * 1e-9;
        return new ClusterOutcome(
                sent,
                answered,
                refused,
                answeredInTime / seconds,
                ttft.summary(),
                promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens,
                sent,
                reports / seconds,
                changes / seconds);
    }
}
