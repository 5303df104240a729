package dev.foretoken.nativeruntime.algebra;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Threads that compute pieces of one job at a time, the caller's among them. Pieces write to places of their own, so that their order is of
 * no matter.
 */
public final class Workers implements AutoCloseable {

    private final int threads;
    private final ExecutorService pool;

    /** {@code threads}: at least 1, the caller's included. */
    public Workers(int threads, ThreadFactory factory) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(Math.max(1, threads - 1), factory);
    }

    /** Daemon threads of the platform. */
    public static Workers of(int threads) {
        return new Workers(
                threads, Thread.ofPlatform().daemon().name("build-", 1).factory());
    }

    /** Computes every piece from 0 to {@code pieces - 1}, each once; throws what a piece throws. */
    public void each(int pieces, IntConsumer piece) {
        AtomicInteger next = new AtomicInteger();
        Runnable share = () -> {
            for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                piece.accept(i);
            }
        };
        List<Future<?>> others = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, pieces); i++) {
            others.add(pool.submit(share));
        }
        try {
            share.run();
        } finally {
            others.forEach(Workers::await);
        }
    }

    private static void await(Future<?> other) {
        try {
            other.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a piece failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while pieces are computed", e);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
