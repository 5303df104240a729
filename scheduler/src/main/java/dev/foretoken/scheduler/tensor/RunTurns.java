package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.IterationWatch;
import dev.foretoken.scheduler.loop.DeviceArbiter;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What happens between the iterations of one run: callers who left or whose time is over are told so, a run that nobody wants any more ends, and
 * other loops get the device. Loop thread only.
 */
final class RunTurns implements IterationWatch {

    private final List<TensorCall> calls;
    private final DeviceArbiter arbiter;
    private final LongSupplier clock;
    private final AnswerSize answers;
    private final BooleanSupplier stops;
    private long iterations;
    private long waited;

    /** {@code calls}: those of the run, begun. */
    RunTurns(
            List<TensorCall> calls,
            DeviceArbiter arbiter,
            LongSupplier clock,
            AnswerSize answers,
            BooleanSupplier stops) {
        this.calls = calls;
        this.arbiter = arbiter;
        this.clock = clock;
        this.answers = answers;
        this.stops = stops;
    }

    @Override
    public void next(long keptBytes) {
        iterations++;
        answers.checkKept(keptBytes);
        long before = clock.getAsLong();
        endThoseGone(before);
        if (arbiter.yieldTurn()) {
            waited += clock.getAsLong() - before;
        }
        if (stops.getAsBoolean()) {
            throw new ForetokenException(
                    ErrorCode.DRAINING,
                    "this model was stopped after iteration " + iterations + "; try another replica");
        }
    }

    /**
     * The inputs of a run of one are read by the runtime until the run has ended, so its caller is told by what is thrown. Those of joined ones
     * were copied: each caller is told at once.
     */
    private void endThoseGone(long now) {
        int wanted = 0;
        ForetokenException last = null;
        for (TensorCall call : calls) {
            ForetokenException reason = call.isEnded() ? null : call.reasonToEnd(now, iterations);
            if (reason != null) {
                last = reason;
                if (calls.size() > 1) {
                    call.fail(reason);
                }
            } else if (!call.isEnded()) {
                wanted++;
            }
        }
        if (wanted == 0 && last != null) {
            throw last;
        }
    }

    /** Nanoseconds in which others had the device. */
    long waited() {
        return waited;
    }
}
