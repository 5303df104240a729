package dev.foretoken.bench.serve;

import java.util.random.RandomGenerator;

/** Arrival times of a Poisson process: gaps are exponential, so the same seed gives the same schedule. */
final class PoissonSchedule {
    private final double perSecond;
    private final RandomGenerator random;
    private double seconds;

    PoissonSchedule(double perSecond, RandomGenerator random) {
        this.perSecond = perSecond;
        this.random = random;
    }

    /** Returns the next arrival, in nanoseconds after the start of the run. */
    long nextNanos() {
        seconds += random.nextExponential() / perSecond;
        return (long) (seconds * 1e9);
    }
}
