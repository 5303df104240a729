package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.engine.EngineEvent;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Events from one writer to one reader, in chunks that are allocated as they fill. Never more than {@code capacity} events are put in, so
 * the writer never waits. The reader's park and the writer's look for a waiter are ordered by volatile accesses on both sides.
 */
final class EventQueue {

    private static final int CHUNK = 32;

    private final int capacity;
    private Chunk writing = new Chunk();
    private int written;
    private Chunk reading = writing;
    private int read;
    private volatile @Nullable Thread waiter;

    private static final class Chunk {
        final EngineEvent[] events = new EngineEvent[CHUNK];
        volatile int published;
        volatile @Nullable Chunk next;
    }

    EventQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Called by the writer. */
    void put(EngineEvent event) {
        if (written == capacity) {
            throw new IllegalStateException("more than " + capacity + " events");
        }
        written++;
        int index = writing.published;
        if (index == CHUNK) {
            Chunk chunk = new Chunk();
            writing.next = chunk;
            writing = chunk;
            index = 0;
        }
        writing.events[index] = event;
        writing.published = index + 1;
        Thread reader = waiter;
        if (reader != null) {
            LockSupport.unpark(reader);
        }
    }

    /** Called by the reader: the next event, or null when there is none now. */
    @Nullable
    EngineEvent poll() {
        if (read == CHUNK) {
            Chunk next = reading.next;
            if (next == null) {
                return null;
            }
            reading = next;
            read = 0;
        }
        return read < reading.published ? reading.events[read++] : null;
    }

    /** Called by the reader: as {@link #poll}, but waits up to {@code nanos} of real time. */
    @Nullable
    EngineEvent poll(long nanos) throws InterruptedException {
        EngineEvent event = poll();
        if (event != null || nanos <= 0) {
            return event;
        }
        long deadline = System.nanoTime() + nanos;
        waiter = Thread.currentThread();
        try {
            long left = nanos;
            while ((event = poll()) == null && left > 0) {
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                left = deadline - System.nanoTime();
            }
            return event;
        } finally {
            waiter = null;
        }
    }
}
