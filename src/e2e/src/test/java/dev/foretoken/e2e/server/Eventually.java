package dev.foretoken.e2e.server;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what only asking again can show, such as a metric. The one place of these tests that pauses between two looks. */
public final class Eventually {

    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private Eventually() {}

    public static void holds(String what, BooleanSupplier condition) {
        get(what, condition::getAsBoolean, Boolean::booleanValue);
    }

    /** As {@link #holds}, with another patience. */
    public static void within(Duration patience, String what, BooleanSupplier condition) {
        get(patience, what, condition::getAsBoolean, Boolean::booleanValue);
    }

    /** The first value that {@code good} accepts; fails with the last one seen when none does in time. */
    public static <T> T get(String what, Supplier<T> probe, Predicate<T> good) {
        return get(DEADLINE, what, probe, good);
    }

    private static <T> T get(Duration patience, String what, Supplier<T> probe, Predicate<T> good) {
        long end = System.nanoTime() + patience.toNanos();
        T value = probe.get();
        while (!good.test(value)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(
                        "not within " + patience.toSeconds() + " s: " + what + "; last seen: " + value);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            value = probe.get();
        }
        return value;
    }
}
