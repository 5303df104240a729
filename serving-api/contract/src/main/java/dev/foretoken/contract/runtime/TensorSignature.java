package dev.foretoken.contract.runtime;

import java.util.List;

/** @param batchAxis axis along which requests may be joined, the same for every tensor; -1 = never join */
public record TensorSignature(List<TensorSpec> inputs, List<TensorSpec> outputs, int batchAxis) {
    public TensorSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
