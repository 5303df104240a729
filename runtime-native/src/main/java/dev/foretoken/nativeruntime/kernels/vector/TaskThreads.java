package dev.foretoken.nativeruntime.kernels.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Runs numbered tasks on the caller and a fixed number of workers; who runs a task does not change what it computes. */
public final class TaskThreads implements AutoCloseable {
    private final int threads;
    private final ExecutorService workers;

    /** {@code threads}: the caller's included. */
    public TaskThreads(int threads, ThreadFactory factory) {
        this.threads = threads;
        this.workers = Executors.newFixedThreadPool(Math.max(1, threads - 1), factory);
    }

    public int threads() {
        return threads;
    }

    /** Runs {@code task} for 0 .. count - 1 and returns when all are done. */
    public void run(int count, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                task.accept(i);
            }
        };
        List<Future<?>> helpers = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, count); i++) {
            helpers.add(workers.submit(work));
        }
        work.run();
        helpers.forEach(TaskThreads::await);
    }

    private static void await(Future<?> helper) {
        boolean interrupted = false;
        while (true) {
            try {
                helper.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the task writes memory of the caller: it must end first
            } catch (ExecutionException e) {
                throw new IllegalStateException("a kernel task failed", e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
