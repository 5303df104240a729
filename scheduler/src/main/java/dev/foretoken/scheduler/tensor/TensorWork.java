package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.util.List;

/**
 * A request that was checked.
 *
 * @param inputs in the signature's order
 * @param outputs names of those wanted, in the answer's order; never empty
 * @param rows along the batch axis; 1 of a graph without one
 * @param length along the ragged axis; 1 of a graph without one
 * @param bytes of its inputs
 * @param key see {@link JoinRules#key}
 */
record TensorWork(List<Tensor> inputs, List<String> outputs, long rows, long length, long bytes, List<List<Long>> key) {

    /** What its share of a run's time is proportional to. */
    long tokens() {
        return rows * length;
    }
}
