package dev.foretoken.gateway.hold;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How long, and how many requests wait for an engine of their model.
 *
 * @param longest zero: none does
 * @param most of one tenant, of all models together; of all tenants at most twice as many
 */
public record HoldLimits(Duration longest, int most) {

    public static final HoldLimits OFF = new HoldLimits(Duration.ZERO, 256);

    public HoldLimits {
        requireRange("hold-seconds", longest, Duration.ZERO, Duration.ofHours(1));
        requireRange("hold-requests", most, 1, 100_000);
    }

    public boolean isOn() {
        return longest.isPositive();
    }
}
