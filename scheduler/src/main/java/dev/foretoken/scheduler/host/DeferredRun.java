package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** A run of a graph that is not loaded yet: its caller waits here, until it is, or an error comes, or its time is over. */
final class DeferredRun implements LoadWaiter {

    private static final long LONGEST_NANOS = Duration.ofSeconds(10).toNanos();

    private final CompletableFuture<Boolean> loaded = new CompletableFuture<>();
    private final LongSupplier nanoTime;

    DeferredRun(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public int sequences() {
        return 1;
    }

    @Override
    public void loaded(ServedModel model) {
        loaded.complete(true);
    }

    @Override
    public void fail(ForetokenException why) {
        loaded.completeExceptionally(why);
    }

    /**
     * @param deadline {@link Long#MAX_VALUE}: none
     * @throws ForetokenException what the load failed with; DEADLINE_EXCEEDED; CANCELLED by an interrupt
     */
    void await(long deadline) {
        while (true) {
            try {
                loaded.get(patience(deadline), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException e) {
                refuseLate(deadline);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ForetokenException(
                        ErrorCode.CANCELLED, "the request was cancelled before its model was loaded", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof ForetokenException known
                        ? known
                        : new ForetokenException(ErrorCode.INTERNAL_ERROR, "the model could not be loaded", e);
            }
        }
    }

    private long patience(long deadline) {
        return deadline == Long.MAX_VALUE
                ? LONGEST_NANOS
                : Math.clamp(deadline - nanoTime.getAsLong(), 1, LONGEST_NANOS);
    }

    private void refuseLate(long deadline) {
        if (deadline != Long.MAX_VALUE && deadline - nanoTime.getAsLong() <= 0) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED, "the time of this request was over before its model was loaded");
        }
    }
}
