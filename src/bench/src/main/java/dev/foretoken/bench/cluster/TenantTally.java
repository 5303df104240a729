package dev.foretoken.bench.cluster;

import dev.foretoken.bench.stats.Latencies;

/** Counts what becomes of one tenant's requests. */
final class TenantTally {

    private final String tenant;
    private final Latencies ttft = new Latencies();
    private long sent;
    private long limited;
    private long answered;

    TenantTally(String tenant) {
        this.tenant = tenant;
    }

    void sent() {
        sent++;
    }

    void limited() {
        limited++;
    }

    void firstToken(long nanos) {
        ttft.add(nanos);
    }

    void answered() {
        answered++;
    }

    TenantOutcome outcome() {
        return new TenantOutcome(tenant, sent, limited, answered, ttft.summary());
    }
}
