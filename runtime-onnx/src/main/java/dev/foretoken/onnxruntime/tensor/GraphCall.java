package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs a graph once. Outputs whose shape follows from the inputs' are written where they are wanted; ONNX Runtime allocates the others. Values
 * stay valid until the next run.
 */
final class GraphCall implements AutoCloseable {

    private static final int MAX_BINDINGS = 8;
    /** Of one output: a caller chooses its shape by that of an input. */
    private static final long MAX_PLACE_BYTES = 4L << 30;

    /** Where an output goes that takes so many bytes. */
    @FunctionalInterface
    interface Placement {
        MemorySegment of(String output, long bytes);
    }

    private final GraphSession session;
    private final Map<String, GraphPort> inputs;
    private final Map<String, GraphPort> outputs;
    private final Places staged = new Places();
    private final Places written = new Places();
    /** By the outputs that are wanted. */
    private final Map<Set<String>, Binding> bindings = new LinkedHashMap<>();
    /** Outputs whose dimensions are not those of inputs of the same name, whatever the graph says. */
    private final Set<String> misnamed = new HashSet<>();
    /** Outputs that were of the predicted shape when no other prediction would have fitted. */
    private final Set<String> wellNamed = new HashSet<>();

    GraphCall(GraphSession session) {
        this.session = session;
        this.inputs = GivenTensors.byName(session.inputs());
        this.outputs = GivenTensors.byName(session.outputs());
    }

    Map<String, GraphPort> inputs() {
        return inputs;
    }

    Map<String, GraphPort> outputs() {
        return outputs;
    }

    /** Runs on tensors of any memory, as {@link #run(Map, Set)}. */
    Map<String, Tensor> compute(Map<String, Tensor> given, Set<String> wanted) {
        return run(readable(given), wanted);
    }

    /** The same tensors, in memory that the graph can read in place. */
    Map<String, Tensor> readable(Map<String, Tensor> given) {
        Map<String, Tensor> readable = new LinkedHashMap<>();
        given.forEach((name, tensor) -> readable.put(name, isReadable(tensor) ? tensor : staged(tensor)));
        return readable;
    }

    /** Strings are taken out of any memory; numbers must be native and lie as their type asks. */
    private static boolean isReadable(Tensor tensor) {
        return tensor.type() == ElementType.BYTES
                || (tensor.data().isNative()
                        && tensor.data().address() % tensor.type().bytes() == 0);
    }

    private Tensor staged(Tensor tensor) {
        long bytes = tensor.data().byteSize();
        MemorySegment place = staged.of(tensor.name(), bytes);
        MemorySegment.copy(tensor.data(), 0, place, 0, bytes);
        return new Tensor(tensor.name(), tensor.type(), tensor.shape(), place);
    }

    /**
     * @param given readable
     * @param wanted at least one output
     */
    Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted) {
        return run(given, wanted, this::place);
    }

    /** Where an output goes that nobody keeps. */
    MemorySegment place(String output, long bytes) {
        return written.of(output, bytes);
    }

    Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted, Placement placement) {
        Map<String, Long> sizes = GivenTensors.sizes(inputs, given);
        Map<String, Tensor> placed = new HashMap<>();
        for (String name : wanted) {
            predicted(outputs.get(name), sizes).ifPresent(shape -> placed.put(name, placed(name, shape, placement)));
        }
        try {
            Map<String, Tensor> results = run(given, wanted, placed);
            if (areTelling(sizes)) {
                wellNamed.addAll(placed.keySet());
            }
            return results;
        } catch (ForetokenException e) {
            boolean mayBePlace = e.code() == ErrorCode.RUNTIME_FAILED || e.code() == ErrorCode.INVALID_REQUEST;
            if (!mayBePlace || wellNamed.containsAll(placed.keySet())) {
                throw e;
            }
            return runMisnamed(given, wanted, placed.keySet(), e);
        }
    }

    /** Sizes by which a wrong name shows: a dimension of 1, or of another's size, would fit by chance. */
    private static boolean areTelling(Map<String, Long> sizes) {
        return !sizes.containsValue(1L) && Set.copyOf(sizes.values()).size() == sizes.size();
    }

    /** A place of the wrong size fails a run, which then is right without it. */
    private Map<String, Tensor> runMisnamed(
            Map<String, Tensor> given, Set<String> wanted, Set<String> placed, ForetokenException first) {
        try {
            Map<String, Tensor> results = run(given, wanted, Map.of());
            placed.stream()
                    .filter(name -> outputs.get(name).shape().contains(-1L))
                    .forEach(misnamed::add);
            return results;
        } catch (ForetokenException again) {
            throw first;
        }
    }

    private Tensor placed(String name, List<Long> shape, Placement placement) {
        ElementType type = outputs.get(name).type();
        long bytes = type.bytes();
        for (long size : shape) {
            if (size > 0 && bytes > MAX_PLACE_BYTES / size) {
                throw new ForetokenException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "output '%s' would be %s %s, more than %d bytes; ask for fewer rows"
                                .formatted(name, type, shape, MAX_PLACE_BYTES));
            }
            bytes *= size;
        }
        return new Tensor(name, type, shape, placement.of(name, bytes));
    }

    /** Empty where only a run tells. */
    private Optional<List<Long>> predicted(GraphPort port, Map<String, Long> sizes) {
        boolean placeable = switch (port.type()) {
            case BYTES, UINT16, UINT32, UINT64 -> false;
            case BOOL, UINT8, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64 -> true;
        };
        if (!placeable || misnamed.contains(port.name())) {
            return Optional.empty();
        }
        Long[] shape = port.shape().toArray(Long[]::new);
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] < 0) {
                Long size = sizes.get(port.dimensions().get(i));
                if (size == null) {
                    return Optional.empty();
                }
                shape[i] = size;
            }
        }
        return Optional.of(List.of(shape));
    }

    private Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted, Map<String, Tensor> placed) {
        Binding binding = binding(wanted);
        given.values().forEach(t -> binding.input(t.name(), t.type(), array(t.shape()), t.data()));
        for (String name : wanted) {
            Tensor place = placed.get(name);
            if (place == null) {
                binding.output(name);
            } else {
                binding.output(name, place.type(), array(place.shape()), place.data());
            }
        }
        binding.run();
        Map<String, Tensor> results = new HashMap<>();
        for (String name : wanted) {
            Tensor place = placed.get(name);
            results.put(name, place == null ? binding.result(name) : place);
        }
        return results;
    }

    private static long[] array(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private Binding binding(Set<String> wanted) {
        Binding binding = bindings.get(wanted);
        if (binding == null) {
            if (bindings.size() == MAX_BINDINGS) {
                Set<String> oldest = bindings.keySet().iterator().next();
                bindings.get(oldest).close();
                bindings.remove(oldest);
            }
            binding = session.bind();
            bindings.put(Set.copyOf(wanted), binding);
        }
        return binding;
    }

    @Override
    public void close() {
        bindings.values().forEach(Binding::close);
        bindings.clear();
        staged.close();
        written.close();
    }
}
