package dev.foretoken.batch.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers the requests of a topic, each exactly once in effect, until it is closed.
 *
 * <p>A request may be computed more than once, where a worker died or lost its partition; its answer is seen once by who reads committed records. A
 * failure of the broker, or of the worker's membership, ends a {@link Session}; the next one begins with what was committed. Requests run on virtual
 * threads; a single platform thread has all of Kafka's clients.
 */
public final class BatchWorker implements AutoCloseable {

    private static final Logger LOG = System.getLogger(BatchWorker.class.getName());
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final BatchConfig config;
    private final WorkerParts parts;
    private final Thread thread;
    private final Object closing = new Object();
    private boolean isClosing;
    private volatile WorkerState state = new WorkerState(WorkerState.Phase.JOINING, "");

    public BatchWorker(BatchConfig config, WorkerParts parts) {
        this.config = config;
        this.parts = parts;
        this.thread = Thread.ofPlatform().name("batch-worker").unstarted(this::run);
    }

    /** Begins. Where the broker is not there it is waited for. */
    public void start() {
        thread.start();
    }

    public WorkerState state() {
        return state;
    }

    private void run() {
        Duration pause = SHORTEST_PAUSE;
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            while (!isClosing()) {
                long from = parts.nanoTime().getAsLong();
                work(threads);
                boolean lasted = parts.nanoTime().getAsLong() - from > LONGEST_PAUSE.toNanos();
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

    /** One session. */
    private void work(ExecutorService threads) throws InterruptedException {
        try (Session session = Session.open(config, parts, threads)) {
            state = new WorkerState(WorkerState.Phase.WORKING, "");
            while (!isClosing()) {
                session.turn();
            }
            session.drain(config.limits().drain());
        } catch (RuntimeException e) {
            String problem = String.valueOf(e.getMessage());
            state = new WorkerState(WorkerState.Phase.WAITING, problem);
            LOG.log(Level.WARNING, "the batch worker begins anew: " + problem);
            LOG.log(Level.DEBUG, "why it begins anew", e);
        }
    }

    private boolean isClosing() {
        synchronized (closing) {
            return isClosing;
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        long until = parts.nanoTime().getAsLong() + pause.toNanos();
        synchronized (closing) {
            for (long left = pause.toNanos();
                    left > 0 && !isClosing;
                    left = until - parts.nanoTime().getAsLong()) {
                closing.wait(Math.max(1, left / 1_000_000));
            }
        }
    }

    /** Takes nothing more, lets what runs end within the grace that was configured, commits it, and leaves the group. */
    @Override
    public void close() {
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
