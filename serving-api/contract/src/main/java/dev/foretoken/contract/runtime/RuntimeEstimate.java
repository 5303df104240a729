package dev.foretoken.contract.runtime;

import java.util.Optional;
import java.util.Set;

/**
 * What a variant will take of memory, told before any of its weights is read.
 *
 * @param weightBytes weights in the encoding they will have; what open models of this process hold of them already is not counted
 * @param workBytes work space
 * @param facts as the opened variant will tell them
 */
public record RuntimeEstimate(long weightBytes, long workBytes, Facts facts) {

    /** What kind of runtime it will be, and what is known of it. */
    public sealed interface Facts {

        /** A {@link SequenceRuntime}; {@code shape} without a numerics id. */
        record Sequences(ModelShape shape, Capabilities capabilities) implements Facts {}

        /** A {@link TensorRuntime}; {@code signature} where it can be told without opening the graph. */
        record Tensors(Optional<TensorSignature> signature, Set<ModelTask> tasks) implements Facts {
            public Tensors {
                tasks = Set.copyOf(tasks);
            }
        }
    }

    /** Of sequences with caches. */
    public RuntimeEstimate(long weightBytes, long workBytes, ModelShape shape, Capabilities capabilities) {
        this(weightBytes, workBytes, new Facts.Sequences(shape, capabilities));
    }

    /** What {@link ModelRuntime#residentBytes} will be. */
    public long residentBytes() {
        return weightBytes + workBytes;
    }

    /** Of sequences; empty for a graph of tensors. */
    public Optional<ModelShape> shape() {
        return switch (facts) {
            case Facts.Sequences sequences -> Optional.of(sequences.shape());
            case Facts.Tensors tensors -> Optional.empty();
        };
    }

    /** What the variant can be asked for. */
    public Set<ModelTask> tasks() {
        return switch (facts) {
            case Facts.Sequences sequences -> Set.of(ModelTask.GENERATE);
            case Facts.Tensors tensors -> tensors.tasks();
        };
    }
}
