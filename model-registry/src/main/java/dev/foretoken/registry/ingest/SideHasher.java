package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A digest computed on a thread of its own, so that two digests of the same bytes take the time of one. For one thread, whose bytes stay as
 * they are from one update to the end of the next; the first update starts the other thread.
 */
final class SideHasher implements AutoCloseable {

    private final ExecutorService side = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("file-digest").factory());
    private final MessageDigest hasher = Digest.hasher();
    private Future<?> running = CompletableFuture.completedFuture(0);

    /** Waits for the bytes of the last call, and returns while these are worked on. */
    void update(byte[] bytes, int length) {
        await();
        running = side.submit(() -> hasher.update(bytes, 0, length));
    }

    /** Of all bytes. */
    Digest digest() {
        await();
        return Digest.of(hasher);
    }

    private void await() {
        try {
            running.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "the import was given up", e);
        } catch (ExecutionException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "a digest could not be computed", e.getCause());
        }
    }

    @Override
    public void close() {
        side.close();
    }
}
