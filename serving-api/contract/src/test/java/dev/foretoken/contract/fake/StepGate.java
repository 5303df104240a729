package dev.foretoken.contract.fake;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets a test decide when steps finish. A step waits for one permit; a step that waits too long fails the test's runtime. */
public final class StepGate {

    private static final long PATIENCE_SECONDS = 120;

    private final Semaphore permits = new Semaphore(0);
    private final Semaphore arrivals = new Semaphore(0);

    /** Lets {@code steps} more steps finish. */
    public void release(int steps) {
        permits.release(steps);
    }

    /** Lets every further step finish. */
    public void open() {
        permits.release(Integer.MAX_VALUE / 2);
    }

    /** Waits until one more step is at the gate; false after {@code patience}. */
    public boolean awaitArrival(Duration patience) throws InterruptedException {
        return arrivals.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    void pass() {
        arrivals.release();
        try {
            if (!permits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no permit within " + PATIENCE_SECONDS + " s: release the gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the gate", e);
        }
    }
}
