package dev.foretoken.gateway.tenant;

import java.time.Duration;
import java.util.Optional;

/** What this gateway holds of one quota: a second's worth, which it asks for again after a second or when it is spent. Not thread-safe. */
final class QuotaSlice {

    private static final long TERM_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final QuotaLedger ledger;
    private long held;
    private long leasedAt;
    private boolean leased;

    QuotaSlice(QuotaLedger ledger) {
        this.ledger = ledger;
    }

    /** Makes sure that something is left. Returns when that will be the case if it is not now. */
    Optional<Duration> require(QuotaLedger.Quota quota, long now) {
        if (leased && held > 0 && now - leasedAt < TERM_NANOS) {
            return Optional.empty();
        }
        QuotaLedger.Lease lease = ledger.exchange(quota, held, quota.slice());
        held = lease.granted();
        leasedAt = now;
        leased = true;
        return held > 0 ? Optional.empty() : Optional.of(wait(quota, lease));
    }

    /** May go below zero: the next lease pays for it. */
    void spend(long amount) {
        held -= amount;
    }

    /** Gives back what was not spent of a lease whose term is over. */
    void expire(QuotaLedger.Quota quota, long now) {
        if (leased && held != 0 && now - leasedAt >= TERM_NANOS) {
            ledger.exchange(quota, held, 0);
            held = 0;
            leased = false;
        }
    }

    private static Duration wait(QuotaLedger.Quota quota, QuotaLedger.Lease lease) {
        double missing = 1 - lease.left();
        Duration wait = Duration.ofMillis((long) Math.ceil(missing * 60_000 / quota.perMinute()));
        return wait.compareTo(SHORTEST_WAIT) < 0
                ? SHORTEST_WAIT
                : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }
}
