package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * A caller that waits for its answer. Until its request begins it may leave, at its deadline or when it is interrupted; then it stays, because
 * the runtime reads its inputs, until the loop ends the run.
 *
 * @param left the loop should look at what waits
 */
record CallWait(TensorCall call, LongSupplier clock, Runnable left) {

    private static final long LONGEST_NANOS = Duration.ofSeconds(10).toNanos();

    TensorAnswer await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return call.answer.get(patience(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    leaveIfLate();
                } catch (InterruptedException e) {
                    interrupted = true;
                    leaveInterrupted();
                } catch (ExecutionException e) {
                    throw known(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long patience() {
        return call.deadline == Long.MAX_VALUE || !call.isWaiting()
                ? LONGEST_NANOS
                : Math.clamp(call.deadline - clock.getAsLong(), 1, LONGEST_NANOS);
    }

    private void leaveIfLate() {
        long now = clock.getAsLong();
        if (call.isLate(now) && call.giveUp(now)) {
            left.run();
            throw call.late();
        }
    }

    private void leaveInterrupted() {
        if (call.giveUp(clock.getAsLong())) {
            left.run();
            throw new ForetokenException(ErrorCode.CANCELLED, "the request was cancelled before it was run");
        }
        call.disown();
    }

    private static ForetokenException known(ExecutionException e) {
        if (e.getCause() instanceof ForetokenException known) {
            return known;
        }
        return new ForetokenException(ErrorCode.INTERNAL_ERROR, "the request could not be run", e);
    }
}
