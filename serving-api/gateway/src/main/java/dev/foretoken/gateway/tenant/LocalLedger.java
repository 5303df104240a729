package dev.foretoken.gateway.tenant;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** The ledger of a gateway that shares its tenants with no other. Thread-safe. */
final class LocalLedger implements QuotaLedger {

    private static final double NANOS_PER_MINUTE = 60e9;

    private final LongSupplier nanoClock;
    private final boolean full;
    private final Map<Key, Bucket> buckets = new HashMap<>();

    private record Key(String tenant, Kind kind) {}

    private record Bucket(double level, long at) {}

    /** @param nanoClock monotonic, as {@link System#nanoTime} */
    LocalLedger(LongSupplier nanoClock) {
        this(nanoClock, true);
    }

    private LocalLedger(LongSupplier nanoClock, boolean full) {
        this.nanoClock = nanoClock;
        this.full = full;
    }

    /** One that steps in for another: nobody has a burst from it. */
    static LocalLedger empty(LongSupplier nanoClock) {
        return new LocalLedger(nanoClock, false);
    }

    @Override
    public synchronized Lease exchange(Quota quota, long returned, long wanted) {
        long now = nanoClock.getAsLong();
        Key key = new Key(quota.tenant(), quota.kind());
        Bucket bucket = buckets.getOrDefault(key, new Bucket(full ? quota.most() : quota.slice(), now));
        double refilled = bucket.level() + (now - bucket.at()) * (quota.perMinute() / NANOS_PER_MINUTE);
        double level = Math.min(quota.most(), refilled + returned);
        long granted = Math.clamp((long) Math.floor(level), 0, wanted);
        buckets.put(key, new Bucket(level - granted, now));
        return new Lease(granted, level - granted);
    }

    @Override
    public int hold(String tenant, int underWay, int wanted, int limit) {
        return Math.max(underWay, Math.min(wanted, limit));
    }
}
