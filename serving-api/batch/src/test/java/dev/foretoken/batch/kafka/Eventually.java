package dev.foretoken.batch.kafka;

import java.util.concurrent.Callable;

/** Waits for what another thread or process will make true. */
final class Eventually {

    private Eventually() {}

    static void until(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + TestTopic.PATIENCE.toNanos();
        while (!holds.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not so: " + what);
            }
            Thread.sleep(10);
        }
    }
}
