package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * Moves blobs, some at once: a model that is split by tensors has many small ones, and each costs a round trip or more. The first failure
 * stops the others. For any thread.
 */
final class AtOnce {

    /** What registries put up with from one client. */
    static final int MOST = 4;

    private final ThreadFactory threads;

    AtOnce(ThreadFactory threads) {
        this.threads = threads;
    }

    static AtOnce onVirtualThreads() {
        return new AtOnce(Thread.ofVirtual().name("oci-", 0).factory());
    }

    /** One blob's way; ends early when its thread is interrupted. */
    @FunctionalInterface
    interface Move {
        void run() throws IOException;
    }

    /**
     * Returns when all have ended, however they ended.
     *
     * @throws ForetokenException what the first one that failed threw, or CANCELLED when this thread is interrupted
     */
    void run(List<? extends Move> moves) throws IOException {
        if (moves.isEmpty()) {
            return;
        }
        // Closing waits for all that began: nobody writes to the staging folder afterwards.
        try (ExecutorService executor = Executors.newFixedThreadPool(Math.min(moves.size(), MOST), threads)) {
            CompletionService<Void> ended = new ExecutorCompletionService<>(executor);
            for (Move move : moves) {
                ended.submit(() -> {
                    move.run();
                    return null;
                });
            }
            try {
                for (int left = moves.size(); left > 0; left--) {
                    ended.take().get();
                }
            } catch (InterruptedException e) {
                executor.shutdownNow();
                Thread.currentThread().interrupt();
                throw new ForetokenException(ErrorCode.CANCELLED, "stopped while blobs were moved", e);
            } catch (ExecutionException e) {
                executor.shutdownNow();
                throw failure(e.getCause());
            }
        }
    }

    private static IOException failure(Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case IOException e -> e;
            default -> new IOException(cause);
        };
    }
}
