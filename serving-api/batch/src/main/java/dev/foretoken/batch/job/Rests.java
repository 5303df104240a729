package dev.foretoken.batch.job;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Pauses after refusals, each longer than the one before until something goes well. For one thread. */
final class Rests {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 6;

    private final LongSupplier nanos;
    private long until;
    private int refusals;

    /** @param nanos monotonic, as {@link System#nanoTime} */
    Rests(LongSupplier nanos) {
        this.nanos = nanos;
        this.until = nanos.getAsLong();
    }

    boolean isOver() {
        return nanos.getAsLong() - until >= 0;
    }

    /** Many refusals that come together are one. */
    void begin() {
        if (isOver()) {
            until = nanos.getAsLong() + (FIRST.toNanos() << Math.min(refusals, MOST_DOUBLINGS));
            refusals++;
        }
    }

    /** Something went well. */
    void end() {
        refusals = 0;
        until = nanos.getAsLong();
    }
}
