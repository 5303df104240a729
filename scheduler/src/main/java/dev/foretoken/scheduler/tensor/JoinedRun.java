package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.contract.runtime.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Several requests as one: their rows one after the other along the batch axis, the shorter ones padded, and back again. */
final class JoinedRun {

    private final JoinRules rules;
    private final List<TensorWork> parts;
    private final long rows;
    private final long longest;

    JoinedRun(JoinRules rules, List<TensorWork> parts) {
        this.rules = rules;
        this.parts = parts;
        this.rows = parts.stream().mapToLong(TensorWork::rows).sum();
        this.longest = parts.stream().mapToLong(TensorWork::length).max().orElse(1);
    }

    long rows() {
        return rows;
    }

    /** Padding included. */
    long tokens() {
        return rows * longest;
    }

    /** Share of its tokens that are padding. */
    double padding() {
        return 1 - (double) parts.stream().mapToLong(TensorWork::tokens).sum() / tokens();
    }

    /** Names that any of them wants. */
    List<String> outputs() {
        Set<String> names = new LinkedHashSet<>();
        parts.forEach(part -> names.addAll(part.outputs()));
        return List.copyOf(names);
    }

    List<Tensor> inputs(List<TensorSpec> specs, ScratchMemory scratch) {
        List<List<Long>> shapes = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            List<Long> shape = shape(specs.get(i), i);
            shapes.add(shape);
            sizes.add(bytes(specs.get(i).type(), shape, i));
        }
        List<MemorySegment> pieces = scratch.pieces(sizes);
        List<Tensor> joined = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            TensorSpec spec = specs.get(i);
            Tensor tensor = new Tensor(spec.name(), spec.type(), shapes.get(i), pieces.get(i));
            join(tensor, i);
            joined.add(tensor);
        }
        return joined;
    }

    private List<Long> shape(TensorSpec spec, int input) {
        List<Long> shape = new ArrayList<>(parts.getFirst().inputs().get(input).shape());
        shape.set(rules.batchAxis(), rows);
        if (rules.isPadded(spec.name())) {
            shape.set(rules.lengthAxis(true), longest);
        }
        return shape;
    }

    private long bytes(ElementType type, List<Long> shape, int input) {
        return type == ElementType.BYTES
                ? parts.stream()
                        .mapToLong(part -> part.inputs().get(input).data().byteSize())
                        .sum()
                : TensorSize.bytes(type, shape);
    }

    private void join(Tensor joined, int input) {
        if (joined.type() == ElementType.BYTES) {
            concatenate(joined.data(), input);
            return;
        }
        boolean padded = rules.isPadded(joined.name());
        if (padded && parts.stream().anyMatch(part -> part.length() < longest)) {
            Grid.fill(
                    joined.data(),
                    joined.type(),
                    rules.ragged().orElseThrow().padding().getOrDefault(joined.name(), 0L));
        }
        int lengthAxis = rules.lengthAxis(padded);
        Grid grid = Grid.of(joined.shape(), rules.batchAxis(), lengthAxis, joined.type());
        long row = 0;
        for (TensorWork part : parts) {
            Tensor own = part.inputs().get(input);
            grid.write(joined.data(), row, own.data(), Grid.of(own.shape(), rules.batchAxis(), lengthAxis, own.type()));
            row += part.rows();
        }
    }

    private void concatenate(MemorySegment joined, int input) {
        long at = 0;
        for (TensorWork part : parts) {
            MemorySegment own = part.inputs().get(input).data();
            MemorySegment.copy(own, 0, joined, at, own.byteSize());
            at += own.byteSize();
        }
    }

    /**
     * The outputs of each, in memory of its own.
     *
     * @throws IllegalStateException when the graph did not keep to its signature
     */
    List<List<Tensor>> split(List<Tensor> outputs) {
        List<List<Tensor>> split = new ArrayList<>();
        long row = 0;
        for (TensorWork part : parts) {
            List<Tensor> own = new ArrayList<>();
            for (String name : part.outputs()) {
                own.add(part(OwnOutputs.find(outputs, name), part, row));
            }
            split.add(own);
            row += part.rows();
        }
        return split;
    }

    private Tensor part(Tensor output, TensorWork part, long row) {
        boolean trimmed = rules.isTrimmed(output.name());
        int lengthAxis = rules.lengthAxis(trimmed);
        if (size(output, rules.batchAxis()) != rows || trimmed && size(output, lengthAxis) != longest) {
            throw new IllegalStateException("output '%s' of %d rows of %d positions has shape %s"
                    .formatted(output.name(), rows, longest, output.shape()));
        }
        List<Long> shape = new ArrayList<>(output.shape());
        shape.set(rules.batchAxis(), part.rows());
        if (trimmed) {
            shape.set(lengthAxis, part.length());
        }
        return output.type() == ElementType.BYTES
                ? strings(output, shape, row, part.rows())
                : numbers(output, shape, lengthAxis, row);
    }

    private Tensor numbers(Tensor output, List<Long> shape, int lengthAxis, long row) {
        Grid own = Grid.of(shape, rules.batchAxis(), lengthAxis, output.type());
        MemorySegment data = OwnOutputs.allocate(TensorSize.bytes(output.type(), shape));
        Grid.of(output.shape(), rules.batchAxis(), lengthAxis, output.type()).read(output.data(), row, data, own);
        return new Tensor(output.name(), output.type(), shape, data);
    }

    /** The batch axis of strings is the first. */
    private static Tensor strings(Tensor output, List<Long> shape, long row, long rows) {
        long perRow = TensorSize.elements(shape.subList(1, shape.size()));
        long from = BytesElements.skip(output.data(), 0, row * perRow);
        long to = BytesElements.skip(output.data(), from, rows * perRow);
        return new Tensor(
                output.name(),
                output.type(),
                shape,
                OwnOutputs.copy(output.data().asSlice(from, to - from)));
    }

    private static long size(Tensor tensor, int axis) {
        return tensor.shape().size() > axis ? tensor.shape().get(axis) : -1;
    }
}
