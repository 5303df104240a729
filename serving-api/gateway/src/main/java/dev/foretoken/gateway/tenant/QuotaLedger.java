package dev.foretoken.gateway.tenant;

/** Who has how much left: the one place that gateways, or the callers of one, take their allowances from. */
interface QuotaLedger {

    /** What refills. */
    enum Kind {
        REQUESTS,
        TOKENS,
    }

    /** One that refills evenly; what is not used is kept up to {@link #most}. */
    record Quota(String tenant, Kind kind, long perMinute) {

        private static final long SLICES_KEPT = 10;

        /** A second's worth, and at least one: what is taken at a time. */
        long slice() {
            return Math.max(1, Math.ceilDiv(perMinute, 60));
        }

        /** Ten seconds' worth: the burst after a pause. */
        long most() {
            return SLICES_KEPT * slice();
        }
    }

    /** {@code left}: what remains for others, below zero where more was spent than there was. */
    record Lease(long granted, double left) {}

    /** Gives back {@code returned} (below zero: what was spent beyond the last lease) and takes at most {@code wanted}. */
    Lease exchange(Quota quota, long returned, long wanted);

    /**
     * Holds {@code wanted} places among a tenant's requests under way, instead of those held before; returns how many it holds now: never
     * fewer than are {@code underWay} here, nor more beyond those than the limit leaves.
     */
    int hold(String tenant, int underWay, int wanted, int limit);
}
