package dev.foretoken.routing.fleet;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How a choice looks at engines.
 *
 * @param staleAfter age from which a report is not believed
 * @param lookAtAll of up to so many engines all are looked at
 * @param holders of more: so many that hold most of the prompt
 * @param drawn and so many that are drawn
 * @param leastLoaded and so many with the least work ahead
 */
public record FleetConfig(Duration staleAfter, int lookAtAll, int holders, int drawn, int leastLoaded) {

    public static final FleetConfig DEFAULT = new FleetConfig(Duration.ofSeconds(1), 16, 4, 4, 4);

    public FleetConfig {
        requireRange("routing.stale-after", staleAfter, Duration.ofMillis(10), Duration.ofMinutes(10));
        requireRange("routing.look-at-all", lookAtAll, 1, 1024);
        requireRange("routing.holders", holders, 0, 64);
        requireRange("routing.drawn", drawn, 1, 64);
        requireRange("routing.least-loaded", leastLoaded, 0, 64);
    }

    public FleetConfig withStaleAfter(Duration newStaleAfter) {
        return new FleetConfig(newStaleAfter, lookAtAll, holders, drawn, leastLoaded);
    }
}
