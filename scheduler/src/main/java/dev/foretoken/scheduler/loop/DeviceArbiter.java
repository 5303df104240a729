package dev.foretoken.scheduler.loop;

import java.util.concurrent.locks.ReentrantLock;

/** Lets one loop at a time use a device, in the order they ask: several variants on one CPU take turns step by step. */
public final class DeviceArbiter {

    private final ReentrantLock turn = new ReentrantLock(true);

    /** Waits for the turn, unless this thread has it. */
    public void acquire() {
        if (!turn.isHeldByCurrentThread()) {
            turn.lock();
        }
    }

    /** Whether another loop waits for its turn. */
    boolean isContended() {
        return turn.hasQueuedThreads();
    }

    /** Ends the turn, if this thread has it. */
    public void release() {
        if (turn.isHeldByCurrentThread()) {
            turn.unlock();
        }
    }
}
