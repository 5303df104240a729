package dev.foretoken.batch.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a worker: joins the group, works, and begins anew after a while when that fails, until it is closed.
 */
final class WorkerLoop {

    private static final Logger LOG = System.getLogger(WorkerLoop.class.getName());
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private static final WorkerState SILENT = new WorkerState(WorkerState.Phase.WAITING, "the brokers do not answer");

    private final Membership.Opening opening;
    private final Duration drain;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private final Object closing = new Object();
    private boolean isClosing;
    private volatile WorkerState state = new WorkerState(WorkerState.Phase.JOINING, "");
    private volatile @Nullable Membership current;

    /** What the log says is wrong, without what differs each time; null = nothing is. */
    private @Nullable String told;

    /** @param drain how long requests may go on when it is closed */
    WorkerLoop(String name, Membership.Opening opening, Duration drain, LongSupplier nanoTime) {
        this.opening = opening;
        this.drain = drain;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Any thread. */
    WorkerState state() {
        Membership member = current;
        return member == null || member.isHeard() ? state : SILENT;
    }

    private void run() {
        Duration pause = SHORTEST_PAUSE;
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            while (!isClosing()) {
                long from = nanoTime.getAsLong();
                work(threads);
                boolean lasted = nanoTime.getAsLong() - from > LONGEST_PAUSE.toNanos();
                pause = lasted ? SHORTEST_PAUSE : longer(pause);
                pause(pause);
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "interrupted", e);
        } finally {
            threads.shutdownNow();
            state = new WorkerState(WorkerState.Phase.CLOSED, "");
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private void work(ExecutorService threads) throws InterruptedException {
        try (Membership membership = opening.open(threads)) {
            state = new WorkerState(WorkerState.Phase.WORKING, "");
            workAs(membership);
            membership.drain(drain);
        } catch (RuntimeException | Error e) {
            String problem = String.valueOf(e.getMessage());
            state = new WorkerState(WorkerState.Phase.WAITING, problem);
            tellTrouble(isSilence(e) ? SILENT.problem() : problem, "the batch worker begins anew: " + problem);
            LOG.log(Level.DEBUG, "why it begins anew", e);
        }
    }

    private void workAs(Membership membership) throws InterruptedException {
        current = membership;
        try {
            while (!isClosing()) {
                membership.turn();
                if (membership.isHeard()) {
                    tellNoTrouble();
                } else {
                    tellTrouble(SILENT.problem(), "the batch worker waits: " + SILENT.problem());
                }
            }
        } finally {
            current = null;
        }
    }

    /** Brokers that are away for hours end a session, or fail to begin one, every half minute, each time with other words. */
    private static boolean isSilence(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof DisconnectException) {
                return true;
            }
        }
        return false;
    }

    /** Once, until there is none or another. */
    private void tellTrouble(String trouble, String line) {
        if (!trouble.equals(told)) {
            LOG.log(Level.WARNING, line);
            told = trouble;
        }
    }

    private void tellNoTrouble() {
        if (told != null) {
            boolean wereSilent = told.equals(SILENT.problem());
            LOG.log(Level.INFO, (wereSilent ? "the brokers answer again: " : "") + "the batch worker goes on");
            told = null;
        }
    }

    private boolean isClosing() {
        synchronized (closing) {
            return isClosing;
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        long until = nanoTime.getAsLong() + pause.toNanos();
        synchronized (closing) {
            for (long left = pause.toNanos(); left > 0 && !isClosing; left = until - nanoTime.getAsLong()) {
                closing.wait(Math.max(1, left / 1_000_000));
            }
        }
    }

    /** Lets what runs end within its grace, and returns when the thread has ended. */
    void close() {
        synchronized (closing) {
            isClosing = true;
            closing.notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
