package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The way of a job's requests to whoever runs them. Called by the one thread of the jobs. */
public interface JobTransport {

    /** How many more requests may be sent now. */
    int room();

    /** Whether one of them may be this tenant's: what nobody uses is kept for others who come. */
    default boolean takes(String tenant) {
        return true;
    }

    /** Whether requests run in this process, and end with it. */
    default boolean isLocal() {
        return false;
    }

    /**
     * Sends a request.
     *
     * @param answered is told once, on any thread, at once or later; empty = it was not run, or not to its end
     */
    Sent send(BatchRequest request, Consumer<Optional<BatchAnswer>> answered);

    /**
     * Begins with a job, before any of its requests is sent. Where requests outlive the process that sent them, answers come to some that were not
     * sent from here: whoever had the job before was the sender.
     *
     * @param job whose id the ids of its requests begin with
     * @param since when the first request may have been sent; empty = none was
     * @param found is told the id of such a request and its answer, on any thread, maybe more than once
     */
    default Watch watch(String job, Optional<Instant> since, BiConsumer<String, BatchAnswer> found) {
        return () -> {};
    }

    /** A request that was sent. */
    @FunctionalInterface
    interface Sent {
        /** Nobody wants its answer any more: it is told soon, whatever it is. */
        void cancel();
    }

    /** A job that is worked on here. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        /** Whether all was told that was answered before it began. Any thread. */
        default boolean isCaughtUp() {
            return true;
        }

        /** Of its requests nothing is told any more but to those who wait for one that they sent. */
        @Override
        void close();
    }
}
