package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import java.util.Optional;
import java.util.function.Consumer;

/** The way of a job's requests to whoever runs them. Called by the one thread of the jobs. */
public interface JobTransport {

    /** How many more requests may be sent now. */
    int room();

    /**
     * Sends a request.
     *
     * @param answered is told once, on any thread, at once or later; empty = it was not run, or not to its end
     */
    Sent send(BatchRequest request, Consumer<Optional<BatchAnswer>> answered);

    /** A request that was sent. */
    @FunctionalInterface
    interface Sent {
        /** Nobody wants its answer any more: it is told soon, whatever it is. */
        void cancel();
    }
}
