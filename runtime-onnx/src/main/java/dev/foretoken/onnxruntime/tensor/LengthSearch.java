package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Tells of a run that failed whether its inputs were longer than the graph computes, as where it has a table of positions of which nothing beside
 * it speaks. The first row is run again with all positions alike, so that no value at a later one can be what fails, and halved until the longest
 * that runs is found. Nothing is refused by what was found: it only explains runs that fail.
 */
final class LengthSearch {

    /** Runs the graph, and fails as it does. */
    @FunctionalInterface
    interface Trial {
        void run(List<Tensor> inputs);
    }

    private final Map<String, GraphPort> ports;
    private final Optional<String> batch;
    private final GivenTensors checks;
    /** The longest that ran, by the name of the dimension. */
    private final Map<String, Long> found = new HashMap<>();

    LengthSearch(SignaturePlan plan) {
        this.ports = GivenTensors.byName(plan.inputs());
        this.checks = new GivenTensors(plan.inputs());
        this.batch = Optional.of(plan.signature().batchAxis())
                .filter(axis -> axis >= 0 && !plan.inputs().isEmpty())
                .map(axis -> plan.inputs().getFirst().dimensions().get(axis));
    }

    /** {@code failure}, or CONTEXT_LENGTH_EXCEEDED with the length that was given and the longest that runs. */
    ForetokenException explained(ForetokenException failure, List<Tensor> inputs, Trial trial) {
        if (!mayBeLength(failure) || !areChecked(inputs)) {
            return failure;
        }
        Map<String, Long> sizes = GivenTensors.sizes(ports, GivenTensors.shapes(inputs));
        List<Tensor> row = batch.map(name -> alike(inputs, name, 1)).orElse(inputs);
        for (String dimension : lengths()) {
            long given = sizes.getOrDefault(dimension, 0L);
            Optional<Long> most = most(dimension, given, size -> runs(trial, alike(row, dimension, size)));
            if (most.isPresent()) {
                return tooLong(dimension, given, most.get(), failure);
            }
        }
        return failure;
    }

    private static boolean mayBeLength(ForetokenException failure) {
        return failure.code() == ErrorCode.RUNTIME_FAILED || failure.code() == ErrorCode.INVALID_REQUEST;
    }

    private boolean areChecked(List<Tensor> inputs) {
        try {
            checks.check(inputs);
            return inputs.stream().noneMatch(input -> input.type() == ElementType.BYTES);
        } catch (ForetokenException e) {
            return false;
        }
    }

    /** Names of dimensions of any size but the batch. */
    private Set<String> lengths() {
        Set<String> names = new LinkedHashSet<>();
        for (GraphPort port : ports.values()) {
            for (int axis = 0; axis < port.shape().size(); axis++) {
                if (port.shape().get(axis) < 0) {
                    names.add(port.dimensions().get(axis));
                }
            }
        }
        names.remove("");
        batch.ifPresent(names::remove);
        return names;
    }

    /** Empty where the length is not what fails. */
    private Optional<Long> most(String dimension, long given, LongPredicate runs) {
        Long known = found.get(dimension);
        if (known != null && given > known) {
            return Optional.of(known);
        }
        if (given < 2 || !runs.test(1) || runs.test(given)) {
            return Optional.empty();
        }
        long most = 1;
        long least = given; // that does not run
        while (least - most > 1) {
            long middle = most + (least - most) / 2;
            if (runs.test(middle)) {
                most = middle;
            } else {
                least = middle;
            }
        }
        found.put(dimension, most);
        return Optional.of(most);
    }

    private static boolean runs(Trial trial, List<Tensor> inputs) {
        try {
            trial.run(inputs);
            return true;
        } catch (ForetokenException e) {
            if (mayBeLength(e)) {
                return false;
            }
            throw e;
        }
    }

    private ForetokenException tooLong(String dimension, long given, long most, ForetokenException failure) {
        String place = ports.values().stream()
                .filter(port -> port.dimensions().contains(dimension))
                .map(port -> "input '%s' has %d positions along axis %d"
                        .formatted(port.name(), given, port.dimensions().indexOf(dimension)))
                .findFirst()
                .orElse(dimension + " is " + given);
        return new ForetokenException(
                        ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                        "%s, the graph of this model computes at most %d".formatted(place, most),
                        failure)
                .withParam("inputs");
    }

    /** Inputs with so many slices along a dimension, each equal to their first one. */
    private List<Tensor> alike(List<Tensor> inputs, String dimension, long size) {
        List<Tensor> alike = new ArrayList<>();
        for (Tensor input : inputs) {
            Tensor changed = input;
            List<String> names = ports.get(input.name()).dimensions();
            for (int axis = 0; axis < names.size(); axis++) {
                changed = names.get(axis).equals(dimension) ? alike(changed, axis, size) : changed;
            }
            alike.add(changed);
        }
        return alike;
    }

    private static Tensor alike(Tensor input, int axis, long size) {
        List<Long> shape = RowParts.sized(input.shape(), axis, size);
        long slice = input.type().bytes();
        for (long inner : shape.subList(axis + 1, shape.size())) {
            slice *= inner;
        }
        long whole = slice * input.shape().get(axis);
        long parts = whole == 0 ? 0 : input.data().byteSize() / whole;
        MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(parts * slice * size)]);
        for (long part = 0; part < parts; part++) {
            for (long i = 0; i < size; i++) {
                MemorySegment.copy(input.data(), part * whole, data, (part * size + i) * slice, slice);
            }
        }
        return new Tensor(input.name(), input.type(), shape, data);
    }
}
