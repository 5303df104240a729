package dev.foretoken.routing.health;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * When an engine is left alone.
 *
 * @param consecutiveFailures so many failures one after the other open the breaker
 * @param failurePercent and so does this share of the outcomes in a window
 * @param leastOutcomes outcomes that a window needs before its share counts
 * @param window in which outcomes are counted
 * @param openFor how long an engine is left alone before one request tries it again
 * @param longestOpen the time doubles with each try that fails, up to this
 */
public record BreakerConfig(
        int consecutiveFailures,
        int failurePercent,
        int leastOutcomes,
        Duration window,
        Duration openFor,
        Duration longestOpen) {

    public static final BreakerConfig DEFAULT =
            new BreakerConfig(3, 50, 20, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(30));

    public BreakerConfig {
        requireRange("breaker.consecutive-failures", consecutiveFailures, 1, 1_000);
        requireRange("breaker.failure-percent", failurePercent, 1, 100);
        requireRange("breaker.least-outcomes", leastOutcomes, 1, 1_000_000);
        requireRange("breaker.window", window, Duration.ofMillis(10), Duration.ofHours(1));
        requireRange("breaker.open-for", openFor, Duration.ofMillis(1), Duration.ofHours(1));
        requireRange("breaker.longest-open", longestOpen, openFor, Duration.ofHours(1));
    }
}
