package dev.foretoken.gateway.encode;

import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** Makes the runs of one request, several at once so that the engine can join them, and not so many that they fill its queue. */
final class EncoderRuns {

    private static final int AT_ONCE = 16;

    private final ThreadFactory threads;

    EncoderRuns(ThreadFactory threads) {
        this.threads = threads;
    }

    /** Returns when all are done, or throws what the first one threw that failed; the others are cancelled then. */
    void each(List<EncoderRun> runs, Consumer<EncoderRun> work) throws InterruptedException {
        if (runs.size() == 1) {
            work.accept(runs.getFirst());
            return;
        }
        Queue<EncoderRun> left = new ConcurrentLinkedQueue<>(runs);
        try (ExecutorService workers = Executors.newThreadPerTaskExecutor(threads)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < Math.min(AT_ONCE, runs.size()); i++) {
                ends.add(workers.submit(() -> drain(left, work)));
            }
            await(ends, left, workers);
        }
    }

    private static void drain(Queue<EncoderRun> left, Consumer<EncoderRun> work) {
        for (EncoderRun next = left.poll(); next != null; next = left.poll()) {
            try {
                work.accept(next);
            } catch (RuntimeException e) {
                left.clear();
                throw e;
            }
        }
    }

    private static void await(List<Future<?>> ends, Queue<EncoderRun> left, ExecutorService workers)
            throws InterruptedException {
        boolean done = false;
        try {
            for (Future<?> end : ends) {
                end.get();
            }
            done = true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ForetokenException known) {
                throw known;
            }
            throw new IllegalStateException("a run of an encoder failed", e.getCause());
        } finally {
            if (!done) {
                left.clear();
                workers.shutdownNow();
            }
        }
    }
}
