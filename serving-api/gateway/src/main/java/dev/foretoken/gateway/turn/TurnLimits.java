package dev.foretoken.gateway.turn;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How much is prepared ahead.
 *
 * @param maxPending preparations under way at once, those that wait for the engine included; 0 = nothing is ever prepared
 * @param maxPendingPerTenant of one tenant
 * @param timeout until which a preparation must be done: who comes back later finds what was computed until then
 */
public record TurnLimits(int maxPending, int maxPendingPerTenant, Duration timeout) {

    public static final TurnLimits DEFAULT = new TurnLimits(64, 32, Duration.ofSeconds(30));

    public TurnLimits {
        requireRange("gateway.max-prepared-turns", maxPending, 0, 4096);
        requireRange("gateway.max-prepared-turns-per-tenant", maxPendingPerTenant, 0, 4096);
        requireRange("gateway.prepared-turn-timeout", timeout, Duration.ofMillis(1), Duration.ofHours(1));
    }

    /** At most so many; half of them for one tenant. */
    public TurnLimits withMaxPending(int value) {
        return new TurnLimits(value, (value + 1) / 2, timeout);
    }
}
