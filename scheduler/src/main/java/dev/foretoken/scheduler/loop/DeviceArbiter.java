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

    /** Lets those who wait for their turn have it before this thread goes on with its own; returns whether there were any. */
    public boolean yieldTurn() {
        if (!isContended()) {
            return false;
        }
        release();
        acquire();
        return true;
    }

    /** Ends the turn, if this thread has it. */
    public void release() {
        if (turn.isHeldByCurrentThread()) {
            turn.unlock();
        }
    }
}
