package dev.foretoken.contract.engine;

import dev.foretoken.contract.runtime.Tensor;
import java.util.List;

/**
 * What a run gave.
 *
 * @param outputs in memory of the receiver's own, aligned to their elements
 */
public record TensorAnswer(List<Tensor> outputs, Timings timings) {

    /**
     * Where the time went, in nanoseconds of the engine's monotonic clock.
     *
     * @param queueNanos from admission to the begin of the run
     * @param runNanos of computing; while others had the device between the iterations of a loop does not count
     * @param joined requests that shared the run, this one among them
     */
    public record Timings(long queueNanos, long runNanos, int joined) {}

    public TensorAnswer {
        outputs = List.copyOf(outputs);
    }
}
