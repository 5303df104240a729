package dev.foretoken.batch.flight;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * Bounds of the requests under way.
 *
 * @param first how many may be under way before anything is known
 * @param most how many may ever be
 * @param step what is added at a time once engines have been full before
 * @param pace shortest time between two changes, in which the effect of the last one shows; about a few steps of an engine
 * @param shrinkTo share of the limit that is left where engines are full
 * @param scarce share of free KV blocks below which engines count as full; below twice that the limit grows no more
 */
public record FlightConfig(int first, int most, int step, Duration pace, double shrinkTo, double scarce) {

    private static final int MOST = 100_000;

    public FlightConfig {
        requireRange("batch.flight.most", most, 1, MOST);
        requireRange("batch.flight.first", first, 1, most);
        requireRange("batch.flight.step", step, 1, most);
        requireRange("batch.flight.pace", pace, Duration.ofMillis(1), Duration.ofMinutes(1));
        require(shrinkTo > 0 && shrinkTo < 1, "batch.flight.shrink-to", shrinkTo, "between 0 and 1");
        require(scarce >= 0 && scarce < 0.5, "batch.flight.scarce", scarce, "at least 0 and below 0.5");
    }

    /** For engines of any size: begins with few and finds out. */
    public static FlightConfig upTo(int most) {
        return new FlightConfig(Math.min(8, most), most, Math.min(4, most), Duration.ofMillis(250), 0.75, 0.05);
    }
}
