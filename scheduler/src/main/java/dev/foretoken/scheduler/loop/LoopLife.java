package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** How far the life of one loop has come, and who may move it. Any thread. */
public final class LoopLife {

    private final AtomicReference<LoopPhase> phase = new AtomicReference<>(LoopPhase.SERVING);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final String broken;

    /** {@code broken}: what requests are refused with once the loop has given up. */
    public LoopLife(String broken) {
        this.broken = broken;
    }

    public LoopPhase get() {
        return phase.get();
    }

    /** @throws ForetokenException DRAINING, RUNTIME_FAILED */
    public void refuseUnlessServing() {
        switch (phase.get()) {
            case SERVING -> {}
            case DRAINING, STOPPING, ENDED ->
                throw new ForetokenException(ErrorCode.DRAINING, "this model is being unloaded; try another replica");
            case BROKEN -> throw new ForetokenException(ErrorCode.RUNTIME_FAILED, broken);
        }
    }

    /** A broken loop has nothing to finish. */
    public void drain() {
        phase.compareAndSet(LoopPhase.SERVING, LoopPhase.DRAINING);
        phase.compareAndSet(LoopPhase.BROKEN, LoopPhase.STOPPING);
    }

    public void stop() {
        phase.getAndUpdate(now -> now == LoopPhase.ENDED ? now : LoopPhase.STOPPING);
    }

    /** A draining loop ends by this: with everything failed it is done. */
    public void giveUp() {
        phase.compareAndSet(LoopPhase.SERVING, LoopPhase.BROKEN);
        phase.compareAndSet(LoopPhase.DRAINING, LoopPhase.STOPPING);
    }

    /** {@code live}: what was accepted and has not ended. */
    public boolean isFinished(int live) {
        return switch (phase.get()) {
            case SERVING, BROKEN -> false;
            case DRAINING -> live == 0;
            case STOPPING, ENDED -> true;
        };
    }

    /** The loop takes nothing from its mailbox any more. */
    public void end() {
        phase.set(LoopPhase.ENDED);
    }

    /** Everything that the loop held is given back. */
    public void close() {
        closed.countDown();
    }

    /** False when it is not closed in that time. */
    public boolean awaitClose(Duration patience) throws InterruptedException {
        return closed.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
