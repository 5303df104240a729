package dev.foretoken.bench.cluster;

import dev.foretoken.bench.stats.Latencies;
import java.util.List;

/** Counts what becomes of requests; refuses one that ends twice. */
final class ClusterTally {

    private final long from;
    private final long end;
    private final Latencies ttft = new Latencies();
    private final List<TenantTally> tenants;
    private long answered;
    private long refused;
    private long limited;
    private long lost;
    private long moved;
    private long decisions;
    private long answeredInTime;
    private long promptTokens;
    private long cachedTokens;
    private long reports;
    private long changes;

    ClusterTally(ClusterConfig.Load load) {
        this.from = load.begin();
        this.end = load.end();
        this.tenants = load.tenants().stream()
                .map(share -> new TenantTally(share.tenant().id()))
                .toList();
    }

    void came(SimulatedRequest request) {
        if (isCounted(request.sentAt)) {
            tenants.get(request.tenant).sent();
        }
    }

    void firstToken(SimulatedRequest request, int cached, long now) {
        if (request.moving) {
            request.moving = false;
            moved++;
        }
        if (request.started) {
            return; // Another pod had begun it.
        }
        request.started = true;
        if (isCounted(request.sentAt)) {
            ttft.add(now - request.sentAt);
            tenants.get(request.tenant).firstToken(now - request.sentAt);
            promptTokens += request.promptTokens;
            cachedTokens += cached;
        }
    }

    void ended(SimulatedRequest request, long now) {
        if (!request.started) {
            throw new IllegalStateException("request " + request.number + " ended without a token");
        }
        close(request);
        answered++;
        if (isCounted(request.sentAt)) {
            tenants.get(request.tenant).answered();
        }
        answeredInTime += isCounted(now) ? 1 : 0;
    }

    /** The pods that were asked had no room for it. */
    void refused(SimulatedRequest request) {
        close(request);
        refused++;
    }

    /** Its tenant may not ask for it now. */
    void limited(SimulatedRequest request) {
        close(request);
        limited++;
        if (isCounted(request.sentAt)) {
            tenants.get(request.tenant).limited();
        }
    }

    /** No pod goes on with it. */
    void lost(SimulatedRequest request) {
        close(request);
        lost++;
    }

    /** A gateway has chosen a pod. */
    void chosen() {
        decisions++;
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
        return answered + refused + limited + lost;
    }

    ClusterOutcome outcome(long sent) {
        double seconds = (end - from) * 1e-9;
        return new ClusterOutcome(
                sent,
                answered,
                refused,
                limited,
                lost,
                moved,
                answeredInTime / seconds,
                ttft.summary(),
                promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens,
                decisions,
                reports / seconds,
                changes / seconds,
                tenants.stream().map(TenantTally::outcome).toList());
    }
}
