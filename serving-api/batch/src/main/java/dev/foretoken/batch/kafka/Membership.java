package dev.foretoken.batch.kafka;

import java.time.Duration;
import java.util.concurrent.Executor;

/** A worker's place in its group, from when it joins until it leaves or is thrown out. One thread. */
interface Membership extends AutoCloseable {

    /** Joins. */
    @FunctionalInterface
    interface Opening {

        /** @param threads for what blocks */
        Membership open(Executor threads);
    }

    /** Does what there is to do, and returns soon. */
    void turn() throws InterruptedException;

    /** Whether brokers answer. Any thread. */
    boolean isHeard();

    /** Takes nothing more, and waits so long for what runs; the rest is for others. */
    void drain(Duration grace) throws InterruptedException;

    /** Leaves, whatever the state of the clients; nothing is committed any more. */
    @Override
    void close();
}
