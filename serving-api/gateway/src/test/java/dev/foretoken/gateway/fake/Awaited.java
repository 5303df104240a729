package dev.foretoken.gateway.fake;

import java.time.Duration;

/** Waits for what other threads are about to bring about, and says what did not come. */
public final class Awaited {

    private static final Duration LOOK_EVERY = Duration.ofMillis(1);
    private static final int LOOKS = 120_000;

    private Awaited() {}

    /** What is looked at again and again. */
    public interface Condition<E extends Exception> {
        boolean holds() throws E;
    }

    /** @param what is expected, for the failure */
    public static <E extends Exception> void until(String what, Condition<E> condition) throws E, InterruptedException {
        for (int look = 0; !condition.holds(); look++) {
            if (look == LOOKS) {
                throw new AssertionError("waited in vain: " + what);
            }
            Thread.sleep(LOOK_EVERY);
        }
    }
}
