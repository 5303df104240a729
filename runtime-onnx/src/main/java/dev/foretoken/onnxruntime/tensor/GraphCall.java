package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
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
import org.jspecify.annotations.Nullable;

/**
 * Runs a graph once. Outputs whose shape follows from the inputs' are written where they are wanted; ONNX Runtime allocates the others. Values
 * stay valid until the next run.
 */
final class GraphCall implements AutoCloseable {

    private static final int MAX_BINDINGS = 8;
    /** Of one output: a caller chooses its shape by that of an input. */
    private static final long MAX_PLACE_BYTES = 4L << 30;

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

    /** Memory on the device that the graph runs on, all zeros. */
    DeviceMemory allocate(long bytes) {
        return session.allocate(bytes);
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
        return run(given, wanted, new States());
    }

    /**
     * Runs on {@code states} too, which then hold what the run made of them; outputs that are state are not among the results.
     *
     * @param wanted at least one output, where there is no state
     */
    Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted, States states) {
        states.unplace(); // a run before may have failed that had places
        Set<String> outcomes = states.and(wanted);
        Map<String, Long> sizes = sizes(given, states);
        Map<String, Tensor> places = new HashMap<>();
        Set<String> placed = new HashSet<>();
        for (String name : outcomes) {
            predicted(outputs.get(name), sizes).ifPresent(shape -> {
                place(name, shape, states.of(name), places);
                placed.add(name);
            });
        }
        Outcome outcome = new Outcome(outcomes, places, states);
        try {
            Map<String, Tensor> results = run(given, outcome);
            if (areTelling(sizes)) {
                wellNamed.addAll(placed);
            }
            return results;
        } catch (ForetokenException e) {
            boolean mayBePlace = e.code() == ErrorCode.RUNTIME_FAILED || e.code() == ErrorCode.INVALID_REQUEST;
            if (!mayBePlace || wellNamed.containsAll(placed)) {
                throw e;
            }
            return runMisnamed(given, outcome, placed, e);
        }
    }

    /** Sizes of named dimensions, as what a run is given has them. */
    Map<String, Long> sizes(Map<String, Tensor> given, States states) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        given.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        states.addShapes(shapes);
        return GivenTensors.sizes(inputs, shapes);
    }

    /** Puts those of the named outputs that are state beside the results of a run. */
    void read(States states, Set<String> names, Map<String, Tensor> results) {
        states.read(names, written, results);
    }

    /** Sizes by which a wrong name shows: a dimension of 1, or of another's size, would fit by chance. */
    private static boolean areTelling(Map<String, Long> sizes) {
        return !sizes.containsValue(1L) && Set.copyOf(sizes.values()).size() == sizes.size();
    }

    /** A place of the wrong size fails a run, which then is right without it. */
    private Map<String, Tensor> runMisnamed(
            Map<String, Tensor> given, Outcome outcome, Set<String> placed, ForetokenException first) {
        try {
            Map<String, Tensor> results = run(given, outcome.unplaced());
            placed.stream()
                    .filter(name -> outputs.get(name).shape().contains(-1L))
                    .forEach(misnamed::add);
            return results;
        } catch (ForetokenException again) {
            throw first;
        }
    }

    private void place(String name, List<Long> shape, @Nullable StateBuffer state, Map<String, Tensor> places) {
        ElementType type = outputs.get(name).type();
        long bytes = bytes(name, type, shape);
        if (state == null) {
            places.put(name, new Tensor(name, type, shape, written.of(name, bytes)));
        } else {
            state.place(shape, bytes);
        }
    }

    private static long bytes(String name, ElementType type, List<Long> shape) {
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
        return bytes;
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

    private Map<String, Tensor> run(Map<String, Tensor> given, Outcome outcome) {
        Binding binding = binding(outcome.outputs());
        given.values().forEach(t -> binding.input(t.name(), t.type(), array(t.shape()), t.data()));
        outcome.bind(binding);
        binding.run();
        return outcome.take(binding);
    }

    /**
     * What a run makes.
     *
     * @param outputs all of them
     * @param places of those that are no state and whose shape is known before the run
     */
    private record Outcome(Set<String> outputs, Map<String, Tensor> places, States states) {

        Outcome unplaced() {
            states.unplace();
            return new Outcome(outputs, Map.of(), states);
        }

        void bind(Binding binding) {
            states.bind(binding);
            for (String name : outputs) {
                Tensor place = places.get(name);
                if (place != null) {
                    binding.output(name, place.type(), array(place.shape()), place.data());
                } else if (states.of(name) == null) {
                    binding.output(name);
                }
            }
        }

        Map<String, Tensor> take(Binding binding) {
            states.ran(binding);
            Map<String, Tensor> results = new HashMap<>(places);
            for (String name : outputs) {
                if (states.of(name) == null && !results.containsKey(name)) {
                    results.put(name, binding.result(name));
                }
            }
            return results;
        }
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
