package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.store.BatchStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What held jobs work with.
 *
 * @param tasks run what takes long, beside the jobs' thread
 * @param mail hands work to the jobs' thread
 * @param lookSoon has that thread look at the database soon
 * @param unread bounds what the mail holds of answers, by {@link #MOST_UNREAD}
 */
record JobDesk(
        BatchStore store,
        JobLimits limits,
        JobTransport transport,
        Clocks clocks,
        JobMetrics metrics,
        Executor tasks,
        Consumer<Runnable> mail,
        Runnable lookSoon,
        Semaphore unread) {

    /** Of answers in the mail, in KiB. */
    static final int MOST_UNREAD = 64 << 10;

    /**
     * Where time comes from.
     *
     * @param wall for what outlives processes: when a job expires, and whose lease is over
     * @param nanos monotonic, for pauses
     */
    record Clocks(InstantSource wall, LongSupplier nanos) {}

    Instant now() {
        return clocks.wall().instant();
    }

    long nanos() {
        return clocks.nanos().getAsLong();
    }

    void post(Runnable work) {
        mail.accept(work);
    }

    /** Hands over an answer; who has it waits while many are unread. Any thread but the jobs' own, unless the answer is empty. */
    void post(Optional<BatchAnswer> answer, Runnable work) {
        int size = answer.map(one -> Math.min(MOST_UNREAD, 1 + (one.body().length >> 10)))
                .orElse(0);
        int taken = size > 0 && isTaken(size) ? size : 0;
        post(() -> {
            unread.release(taken);
            work.run();
        });
    }

    private boolean isTaken(int size) {
        try {
            unread.acquire(size);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // who is to end does not wait
            return false;
        }
    }

    void look() {
        lookSoon.run();
    }
}
