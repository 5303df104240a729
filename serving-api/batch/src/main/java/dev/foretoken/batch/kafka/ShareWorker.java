package dev.foretoken.batch.kafka;

import dev.foretoken.batch.flight.Waited;

/**
 * Answers the requests of a topic, each at least once, until it is closed: a share group, of which as many workers as one likes take from the same
 * partitions.
 *
 * <p>A record is acknowledged when its answer is with the broker. A worker that dies between the two leaves an answer that is given again; an id that is
 * asked twice is answered twice. A request that takes long holds up nobody, since its lock is renewed.
 */
public final class ShareWorker implements AutoCloseable {

    private final WorkerLoop loop;

    public ShareWorker(BatchConfig config, WorkerParts parts) {
        Waited waited = new Waited(config.limits().aside().places());
        this.loop = new WorkerLoop(
                "share-worker",
                threads -> ShareSession.open(config, parts, waited),
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

    /** Lets what runs end within the grace that was configured; the rest goes back to the group. */
    @Override
    public void close() {
        loop.close();
    }
}
