package dev.foretoken.gateway.batch;

/** The thread of one run, which is interrupted where it blocks when the run is cancelled, and never once the run is over. */
final class CancelledThread {

    private final Thread thread = Thread.currentThread();
    private boolean blocks;
    private boolean interrupted;
    private boolean cancelled;
    private boolean over;

    /** Any thread. */
    synchronized void cancel() {
        cancelled = true;
        interruptIfItBlocks();
    }

    /** From now on the run waits for what nothing but an interrupt ends. */
    synchronized void blocks() {
        blocks = true;
        interruptIfItBlocks();
    }

    private void interruptIfItBlocks() {
        if (cancelled && blocks && !over) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /** The run is over. Returns whether it was cancelled; an interrupt that came of that is forgotten. */
    synchronized boolean end() {
        over = true;
        if (interrupted) {
            Thread.interrupted();
        }
        return cancelled;
    }
}
