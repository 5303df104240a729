package dev.foretoken.gateway.grpc;

import org.jspecify.annotations.Nullable;

/** The thread that works on a call, if it does so now: interrupting it ends its wait, and never reaches what it does afterwards. Thread-safe. */
final class WaitingThread {

    private @Nullable Thread thread;
    private boolean interrupted;

    /** Runs {@code work} here; an interrupt that came before comes at once. */
    void run(Runnable work) {
        synchronized (this) {
            thread = Thread.currentThread();
            if (interrupted) {
                thread.interrupt();
            }
        }
        try {
            work.run();
        } finally {
            synchronized (this) {
                thread = null;
            }
            Thread.interrupted();
        }
    }

    synchronized void interrupt() {
        interrupted = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
