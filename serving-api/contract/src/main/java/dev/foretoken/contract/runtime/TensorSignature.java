package dev.foretoken.contract.runtime;

import java.util.List;
import java.util.Optional;

/**
 * What a graph takes and makes.
 *
 * @param batchAxis axis along which requests may be joined, the same for every tensor; -1 = never join
 * @param ragged along which they may differ beside it; without it only requests of equal shapes are joined
 * @param labels names of the classes that its scores are of, in order; empty = none are known
 */
public record TensorSignature(
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        int batchAxis,
        Optional<RaggedAxis> ragged,
        List<String> labels) {
    public TensorSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        labels = List.copyOf(labels);
    }

    /** Of a graph whose requests have equal shapes, and that does not classify. */
    public TensorSignature(List<TensorSpec> inputs, List<TensorSpec> outputs, int batchAxis) {
        this(inputs, outputs, batchAxis, Optional.empty(), List.of());
    }

    public TensorSignature withRagged(RaggedAxis axis) {
        return new TensorSignature(inputs, outputs, batchAxis, Optional.of(axis), labels);
    }

    public TensorSignature withLabels(List<String> names) {
        return new TensorSignature(inputs, outputs, batchAxis, ragged, names);
    }

    public Optional<TensorSpec> input(String name) {
        return inputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    public Optional<TensorSpec> output(String name) {
        return outputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }
}
