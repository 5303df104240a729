package dev.foretoken.routing.health;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How much an engine is trusted.
 *
 * @param slowStart how long an engine that has come (back) is taken to be slower than it says: its caches are cold
 * @param slownessPercent how slow it is taken to be at first, falling to 100 over that time
 */
public record HealthConfig(BreakerConfig breaker, Duration slowStart, int slownessPercent) {

    public static final HealthConfig DEFAULT = new HealthConfig(BreakerConfig.DEFAULT, Duration.ofSeconds(10), 400);

    public HealthConfig {
        requireRange("health.slow-start", slowStart, Duration.ZERO, Duration.ofHours(1));
        requireRange("health.slowness-percent", slownessPercent, 100, 10_000);
    }
}
