package dev.foretoken.gateway.fake;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what other threads are about to bring about, and says what did not come. */
public final class Awaited {

    private static final Duration LOOK_EVERY = Duration.ofMillis(1);
    private static final int LOOKS = 120_000;

    private Awaited() {}

    /** @param what is expected, for the failure */
    public static void until(String what, BooleanSupplier holds) throws InterruptedException {
        for (int look = 0; !holds.getAsBoolean(); look++) {
            if (look == LOOKS) {
                throw new AssertionError("waited in vain: " + what);
            }
            Thread.sleep(LOOK_EVERY);
        }
    }
}
