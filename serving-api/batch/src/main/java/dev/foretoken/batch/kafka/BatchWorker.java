package dev.foretoken.batch.kafka;

import dev.foretoken.batch.flight.Waited;

/**
 * Answers the requests of a topic, each exactly once in effect, until it is closed.
 *
 * <p>A request may be computed more than once, where a worker died or lost its partition; its answer is seen once by who reads committed records. A
 * failure of the broker, or of the worker's membership, ends a {@link Session}; the next one begins with what was committed. Requests run on virtual
 * threads; a single platform thread has all of Kafka's clients.
 */
public final class BatchWorker implements AutoCloseable {

    private final FlightNotes notes;
    private final WorkerLoop loop;

    public BatchWorker(BatchConfig config, WorkerParts parts) {
        this.notes =
                config.notes().map(folder -> FlightNotes.open(folder, config)).orElse(FlightNotes.NONE);
        Waited waited = new Waited(config.limits().aside().places());
        this.loop = new WorkerLoop(
                "batch-worker",
                threads -> Session.open(config, parts, notes, waited, threads),
                config.limits().drain(),
                parts.nanoTime());
    }

    /** Begins. Where the broker is not there it is waited for. */
    public void start() {
        loop.start();
    }

    public WorkerState state() {
        return loop.state();
    }

    /** Takes nothing more, lets what runs end within the grace that was configured, commits it, and leaves the group. */
    @Override
    public void close() {
        notes.stop();
        loop.close();
        notes.close();
    }
}
