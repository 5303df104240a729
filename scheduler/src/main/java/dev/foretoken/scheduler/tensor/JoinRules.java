package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of a graph's requests must be equal for them to run together.
 *
 * @param batchAxis -1 = they run alone
 * @param ragged empty: equal lengths only
 */
record JoinRules(int batchAxis, Optional<RaggedAxis> ragged) {

    private static final long ANY = -1;

    /** A signature that promises more than its shapes hold is not believed. */
    static JoinRules of(TensorSignature signature) {
        int axis = signature.batchAxis();
        boolean joins = axis >= 0
                && all(signature).allMatch(spec -> isFree(spec, axis))
                && (axis == 0 || all(signature).noneMatch(JoinRules::isBytes));
        if (!joins) {
            return new JoinRules(-1, Optional.empty());
        }
        return new JoinRules(axis, signature.ragged().filter(ragged -> isPaddable(signature, ragged)));
    }

    private static Stream<TensorSpec> all(TensorSignature signature) {
        return Stream.concat(signature.inputs().stream(), signature.outputs().stream());
    }

    private static boolean isFree(TensorSpec spec, int axis) {
        return spec.shape().size() > axis && spec.shape().get(axis) == ANY;
    }

    private static boolean isBytes(TensorSpec spec) {
        return spec.type() == ElementType.BYTES;
    }

    private static boolean isPaddable(TensorSignature signature, RaggedAxis ragged) {
        return ragged.axis() != signature.batchAxis()
                && !ragged.padding().isEmpty()
                && signature.inputs().stream()
                        .filter(spec -> ragged.padding().containsKey(spec.name()))
                        .allMatch(spec -> isFree(spec, ragged.axis()) && !isBytes(spec))
                && signature.outputs().stream()
                        .filter(spec -> ragged.trimmed().contains(spec.name()))
                        .allMatch(spec -> spec.shape().size() > ragged.axis() && !isBytes(spec));
    }

    boolean joins() {
        return batchAxis >= 0;
    }

    boolean isPadded(String input) {
        return ragged.isPresent() && ragged.get().padding().containsKey(input);
    }

    boolean isTrimmed(String output) {
        return ragged.isPresent() && ragged.get().trimmed().contains(output);
    }

    /** The axis of lengths of an input or output that has it, else -1. */
    int lengthAxis(boolean has) {
        return has ? ragged.orElseThrow().axis() : -1;
    }

    /** Requests with equal keys may run together. {@code inputs}: in the signature's order. */
    List<List<Long>> key(List<Tensor> inputs) {
        List<List<Long>> key = new ArrayList<>(inputs.size());
        for (Tensor input : inputs) {
            List<Long> shape = new ArrayList<>(input.shape());
            if (joins()) {
                shape.set(batchAxis, ANY);
            }
            if (isPadded(input.name())) {
                shape.set(lengthAxis(true), ANY);
            }
            key.add(shape);
        }
        return key;
    }
}
