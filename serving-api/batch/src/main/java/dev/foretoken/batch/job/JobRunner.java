package dev.foretoken.batch.job;

import dev.foretoken.batch.store.BatchStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The thread that jobs are run by. Ends with {@link #close}; what is answered by then stays answered. */
public final class JobRunner implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(JobRunner.class.getName());
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final JobLoop loop;
    private final ExecutorService tasks;
    private final Thread thread;
    private volatile boolean closed;

    private JobRunner(JobLoop loop, ExecutorService tasks) {
        this.loop = loop;
        this.tasks = tasks;
        this.thread = Thread.ofPlatform().name("batch-jobs").daemon().unstarted(this::run);
    }

    /**
     * Begins to run jobs.
     *
     * @param nanos monotonic, as {@link System#nanoTime}
     * @param owner a name that no other process has
     */
    public static JobRunner start(
            BatchStore store,
            JobLimits limits,
            JobTransport transport,
            InstantSource wall,
            LongSupplier nanos,
            JobMetrics metrics,
            String owner) {
        ExecutorService tasks = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("batch-files-", 0).factory());
        JobRunner runner = new JobRunner(
                new JobLoop(store, limits, transport, new JobDesk.Clocks(wall, nanos), metrics, tasks, owner), tasks);
        runner.thread.start();
        return runner;
    }

    /** There is a job to begin or to cancel. Any thread. */
    public void wake() {
        loop.lookSoon();
    }

    private void run() {
        while (!closed) {
            try {
                loop.turn();
                loop.await();
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "batches stumbled and go on", e);
                rest();
            }
        }
        loop.close();
    }

    private static void rest() {
        try {
            Thread.sleep(REST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends nothing more, cancels what is in flight, and gives the jobs back. */
    @Override
    public void close() {
        closed = true;
        loop.lookSoon();
        try {
            thread.join();
            tasks.shutdownNow();
            if (!tasks.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "files of batches are still being written; the next start does it again");
            }
        } catch (InterruptedException e) {
            tasks.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
