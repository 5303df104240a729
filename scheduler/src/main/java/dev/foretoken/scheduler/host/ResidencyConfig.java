package dev.foretoken.scheduler.host;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How models take turns in memory.
 *
 * @param maxLoaded models loaded at a time; 0 = as many as fit
 * @param queue sequences that may wait for one model to be loaded
 * @param minResidency a model that was loaded, or asked for, less than this ago is not unloaded for another
 * @param drainAfter when requests have waited this long for a model, and none is idle, the least recently used one takes no new requests
 *     until it has been unloaded
 * @param firstBackOff before a load that failed is tried again; doubles with every further failure
 * @param mostBackOff the longest such time
 */
public record ResidencyConfig(
        int maxLoaded,
        int queue,
        Duration minResidency,
        Duration drainAfter,
        Duration firstBackOff,
        Duration mostBackOff) {

    public static final ResidencyConfig DEFAULT = new ResidencyConfig(
            0, 64, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofMinutes(1));

    public ResidencyConfig {
        requireRange("max-loaded", maxLoaded, 0, 1 << 16);
        requireRange("model-queue", queue, 1, 1 << 20);
        requireRange("host.min-residency", minResidency, Duration.ZERO, Duration.ofHours(1));
        requireRange("host.drain-after", drainAfter, Duration.ZERO, Duration.ofHours(1));
        requireRange("host.first-back-off", firstBackOff, Duration.ofMillis(1), Duration.ofHours(1));
        requireRange("host.most-back-off", mostBackOff, firstBackOff, Duration.ofHours(1));
    }

    public ResidencyConfig withLimits(int loaded, int waiting) {
        return new ResidencyConfig(loaded, waiting, minResidency, drainAfter, firstBackOff, mostBackOff);
    }

    /** Before the next try, after {@code failures} in a row. */
    Duration backOff(int failures) {
        Duration time = firstBackOff.multipliedBy(1L << Math.clamp(failures - 1, 0, 20));
        return time.compareTo(mostBackOff) < 0 ? time : mostBackOff;
    }
}
