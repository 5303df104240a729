package dev.foretoken.contract.runtime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;
import java.util.Set;

/** Runs a graph of named tensors. One thread makes all calls but {@link #signature} and {@link #tasks}, which any may make. */
public non-sealed interface TensorRuntime extends ModelRuntime {

    TensorSignature signature();

    /** What it can be asked for, {@link ModelTask#TENSOR} among it: graphs whose outputs mean more say so. */
    default Set<ModelTask> tasks() {
        return Set.of(ModelTask.TENSOR);
    }

    /** Whether padding between rows of unequal lengths takes hardly any time, because those of like lengths are computed apart. */
    default boolean cutsPadding() {
        return false;
    }

    /**
     * Runs once; a graph that is a loop, until the loop ends. Inputs lie in any memory of the process that any thread may read, and stay as they
     * are until it returns; native memory saves a copy.
     *
     * @param outputs names those wanted, empty = all
     * @param watch is asked between the iterations of a loop
     * @return in the order in which they were asked for, or in that of the signature; valid until the next call
     * @throws ForetokenException INVALID_REQUEST: the graph refuses these values; RUNTIME_FAILED: anything else; what {@code watch} throws
     */
    List<Tensor> run(List<Tensor> inputs, List<String> outputs, IterationWatch watch);

    /** To its end, whatever comes. */
    default List<Tensor> run(List<Tensor> inputs, List<String> outputs) {
        return run(inputs, outputs, IterationWatch.NONE);
    }

    /**
     * Starts a stream whose named caches are kept between runs.
     *
     * @param budget is asked, within runs, before a cache takes memory
     * @throws ForetokenException UNSUPPORTED_FEATURE for a graph that has none; INSUFFICIENT_MEMORY
     */
    default TensorSession openSession(StateBudget budget) {
        throw new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE,
                "this model keeps nothing between requests: send them without a sequence id");
    }

    /** A stream of runs over one set of named caches, which are not among its inputs and outputs. */
    interface TensorSession extends AutoCloseable {
        /**
         * As {@link TensorRuntime#run}; it throws what the stream's budget throws. After an error the caches are undefined.
         *
         * @return valid until the next run of the runtime or of any of its streams
         */
        List<Tensor> run(List<Tensor> inputs, List<String> outputs);

        @Override
        void close();
    }
}
