package dev.foretoken.contract.runtime;

import java.util.List;

/** Runs a graph of named tensors. One thread makes all calls. */
public non-sealed interface TensorRuntime extends ModelRuntime {

    TensorSignature signature();

    /** Runs once. Outputs stay valid until the next call; {@code outputs} names those wanted, empty = all. */
    List<Tensor> run(List<Tensor> inputs, List<String> outputs);

    /** Starts a stream whose named caches are kept between runs. */
    TensorSession openSession();

    /** A stream of runs over one set of named caches. */
    interface TensorSession extends AutoCloseable {
        List<Tensor> run(List<Tensor> inputs, List<String> outputs);

        @Override
        void close();
    }
}
