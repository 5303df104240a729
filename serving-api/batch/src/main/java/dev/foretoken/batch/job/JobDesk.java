package dev.foretoken.batch.job;

import dev.foretoken.batch.store.BatchStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What held jobs work with.
 *
 * @param tasks run what takes long, beside the jobs' thread
 * @param mail hands work to the jobs' thread
 * @param lookSoon has that thread look at the database soon
 */
record JobDesk(
        BatchStore store,
        JobLimits limits,
        JobTransport transport,
        Clocks clocks,
        JobMetrics metrics,
        Executor tasks,
        Consumer<Runnable> mail,
        Runnable lookSoon) {

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

    void look() {
        lookSoon.run();
    }
}
