package dev.foretoken.e2e.clock.agent;

import java.time.Instant;

/** What {@link TimeCalls} puts behind the calls that read the clock. One for all of a process, as its clock is. Any thread. */
public final class ShiftedTime {

    private static volatile long shift;

    private ShiftedTime() {}

    /** From now on the clock is so many milliseconds ahead of the true time; behind it when negative. */
    static void shift(long millis) {
        shift = millis;
    }

    /** Of the true milliseconds since 1970. */
    public static long millis(long now) {
        return now + shift;
    }

    public static Instant instant(Instant now) {
        return now.plusMillis(shift);
    }
}
