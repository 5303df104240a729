package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.artifact.LoopDeclaration;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What callers give and get, which is less than the graph's ports where caches and steering inputs stay inside, and more where an output is
 * made of another.
 *
 * @param inputs those of callers
 */
record SignaturePlan(List<GraphPort> inputs, Head head, TensorSignature signature) {

    /** @throws ForetokenException MODEL_UNSUPPORTED where the graph has not what its task or its loop is about */
    static SignaturePlan of(List<GraphPort> inputs, List<GraphPort> outputs, GraphDeclaration declaration) {
        requireTypes(inputs, outputs, declaration.caches());
        declaration.loop().ifPresent(loop -> requireTypes(inputs, outputs, loop.state()));
        Head head = HeadChoice.of(declaration, outputs);
        List<GraphPort> given = given(inputs, declaration);
        List<GraphPort> made = outputs.stream()
                .filter(port -> !declaration.caches().containsValue(port.name()))
                .toList();
        TensorSignature signature = new TensorSignature(
                given.stream().map(GraphPort::spec).toList(),
                specs(made, head, declaration),
                batchAxis(given, made, declaration),
                Optional.empty(),
                declaration.head().labels());
        return new SignaturePlan(
                given,
                head,
                declaration
                        .ragged()
                        .flatMap(ragged -> ragged(ragged, given, made, signature.batchAxis()))
                        .map(signature::withRagged)
                        .orElse(signature));
    }

    /** {@code state}: the input that takes what the output of the run before gave. */
    private static void requireTypes(List<GraphPort> inputs, List<GraphPort> outputs, Map<String, String> state) {
        Map<String, GraphPort> made = GivenTensors.byName(outputs);
        for (GraphPort input : inputs) {
            GraphPort output = made.get(state.getOrDefault(input.name(), ""));
            if (output != null && output.type() != input.type()) {
                throw new ForetokenException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "%s: input %s is %s, and output %s that it is to take is %s; export both with one type"
                                .formatted(
                                        GraphDeclaration.NAME,
                                        input.name(),
                                        input.type(),
                                        output.name(),
                                        output.type()));
            }
        }
    }

    private static List<GraphPort> given(List<GraphPort> inputs, GraphDeclaration declaration) {
        Set<String> inside = new HashSet<>(declaration.caches().keySet());
        declaration.loop().ifPresent(loop -> inside.addAll(loop.schedules().keySet()));
        List<GraphPort> given = new ArrayList<>(inputs);
        given.removeIf(port -> inside.contains(port.name()));
        declaration.loop().flatMap(LoopDeclaration::countInput).ifPresent(name -> {
            Optional<GraphPort> counted =
                    inputs.stream().filter(port -> port.name().equals(name)).findFirst();
            counted.ifPresent(SignaturePlan::requireACount);
            if (counted.isEmpty()) {
                given.add(new GraphPort(name, ElementType.INT64, List.of(1L), List.of("")));
            }
        });
        return given;
    }

    private static void requireACount(GraphPort port) {
        if (port.type() != ElementType.INT64 || port.shape().stream().anyMatch(size -> size >= 0 && size != 1)) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "%s, loop.count: input %s is %s %s, expected INT64 of one element; name another input, which the graph need not have"
                            .formatted(GraphDeclaration.NAME, port.name(), port.type(), port.shape()));
        }
    }

    private static List<TensorSpec> specs(List<GraphPort> made, Head head, GraphDeclaration declaration) {
        List<String> keep = declaration.loop().map(LoopDeclaration::keep).orElse(List.of());
        List<TensorSpec> specs = new ArrayList<>();
        if (!head.output().isEmpty()) {
            specs.add(head.spec());
        }
        for (GraphPort port : made) {
            if (keep.contains(port.name())) {
                List<Long> shape = new ArrayList<>(port.shape());
                shape.addFirst(-1L);
                specs.add(new TensorSpec(port.name(), port.type(), shape));
            } else if (!port.name().equals(head.output())) {
                specs.add(port.spec());
            }
        }
        if (declaration.loop().isPresent()
                && specs.stream().noneMatch(s -> s.name().equals(GraphLoop.RUNS))) {
            specs.add(new TensorSpec(GraphLoop.RUNS, ElementType.INT64, List.of(1L)));
        }
        return specs;
    }

    /** Names of a first dimension that is the batch; of any other, only a declaration knows whether its rows are independent of one another. */
    private static final Set<String> BATCH = Set.of("batch", "batch_size", "N", "B");

    /** Loops never join requests: how many runs there are, and what is given of each, is one request's own. */
    private static int batchAxis(List<GraphPort> given, List<GraphPort> made, GraphDeclaration declaration) {
        if (declaration.loop().isPresent()) {
            return -1;
        }
        return declaration
                .batchAxis()
                .orElseGet(() -> isBatched(given) && isBatched(made) && agree(given, made) ? 0 : -1);
    }

    private static boolean isBatched(List<GraphPort> ports) {
        return ports.stream()
                .allMatch(port -> !port.shape().isEmpty()
                        && port.shape().getFirst() < 0
                        && BATCH.contains(port.dimensions().getFirst()));
    }

    /** Dimensions of different names are not all the batch. */
    private static boolean agree(List<GraphPort> given, List<GraphPort> made) {
        Set<String> names = new HashSet<>();
        given.forEach(port -> names.add(port.dimensions().getFirst()));
        made.forEach(port -> names.add(port.dimensions().getFirst()));
        return names.size() == 1;
    }

    private static Optional<RaggedAxis> ragged(
            GraphDeclaration.Ragged declared, List<GraphPort> given, List<GraphPort> made, int batchAxis) {
        int axis = declared.axis();
        Map<String, Long> padding = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (GraphPort port : given) {
            Long value = declared.padding().get(port.name());
            if (value != null && port.shape().size() > axis && port.shape().get(axis) < 0) {
                padding.put(port.name(), value);
                names.add(port.dimensions().get(axis));
            }
        }
        Set<String> trimmed = new HashSet<>();
        for (GraphPort port : made) {
            if (port.shape().size() > axis
                    && port.shape().get(axis) < 0
                    && names.contains(port.dimensions().get(axis))) {
                trimmed.add(port.name());
            }
        }
        boolean strange = given.stream()
                        .anyMatch(port -> hasElsewhere(port, names, padding.containsKey(port.name()) ? axis : -1))
                || made.stream()
                        .anyMatch(port -> isOfAnyOtherSize(port, batchAxis, trimmed.contains(port.name()) ? axis : -1));
        if (padding.isEmpty() || axis == batchAxis || batchAxis < 0 || strange) {
            return Optional.of(new RaggedAxis(axis, declared.most(), Map.of(), Set.of()))
                    .filter(longest -> longest.most() > 0);
        }
        return Optional.of(new RaggedAxis(axis, declared.most(), padding, trimmed));
    }

    /** Whether an input has a length on another axis than the one that is padded. */
    private static boolean hasElsewhere(GraphPort port, Set<String> lengths, int padded) {
        return dynamic(port)
                .anyMatch(axis ->
                        axis != padded && lengths.contains(port.dimensions().get(axis)));
    }

    /** What has a length on an axis that is not trimmed, or a size that nobody knows, may differ beside longer rows. */
    private static boolean isOfAnyOtherSize(GraphPort port, int batchAxis, int trimmed) {
        return dynamic(port).anyMatch(axis -> axis != batchAxis && axis != trimmed);
    }

    private static IntStream dynamic(GraphPort port) {
        return IntStream.range(0, port.shape().size())
                .filter(axis -> port.shape().get(axis) < 0);
    }
}
