package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** The tensors of a checkpoint by name, with the checks that all layouts share. Remembers which were found. For one thread. */
public final class StoredTensors {

    private final Map<String, StoredTensor> tensors;
    private final Set<String> found = new HashSet<>();

    public StoredTensors(Map<String, StoredTensor> tensors) {
        this.tensors = tensors;
    }

    /** Names of the tensors that were asked for and are there. */
    public Set<String> found() {
        return Set.copyOf(found);
    }

    public Optional<StoredTensor> find(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor != null) {
            found.add(name);
        }
        return Optional.ofNullable(tensor);
    }

    public StoredTensor require(String name, long... shape) {
        return require(name, LongStream.of(shape).boxed().toList());
    }

    public StoredTensor require(String name, List<Long> shape) {
        StoredTensor tensor =
                find(name).orElseThrow(() -> corrupt("tensor %s of shape %s is missing".formatted(name, shape)));
        if (!tensor.shape().equals(shape)) {
            throw corrupt("tensor %s has shape %s, config.json asks for %s".formatted(name, tensor.shape(), shape));
        }
        return tensor;
    }

    /** A tensor of F32, F16 or BF16. */
    public StoredTensor requireFloats(String name, long... shape) {
        return requireFloats(name, LongStream.of(shape).boxed().toList());
    }

    /** As {@link #requireFloats(String, long...)}. */
    public StoredTensor requireFloats(String name, List<Long> shape) {
        StoredTensor tensor = require(name, shape);
        if (tensor.type().computable().isEmpty()) {
            throw wrongType(tensor, "F32, F16 and BF16");
        }
        return tensor;
    }

    StoredTensor require(StoredType type, String name, long... shape) {
        StoredTensor tensor = require(name, shape);
        if (tensor.type() != type) {
            throw wrongType(tensor, type.name());
        }
        return tensor;
    }

    public static ForetokenException wrongType(StoredTensor tensor, String supported) {
        return unsupported("tensor %s has elements of type %s; supported are %s"
                .formatted(tensor.name(), tensor.type(), supported));
    }

    public static ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "The checkpoint is damaged: " + what);
    }

    public static ForetokenException unsupported(String what) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "The checkpoint is not supported: " + what);
    }
}
