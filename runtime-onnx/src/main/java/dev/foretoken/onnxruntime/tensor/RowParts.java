package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Inputs of equal numbers of rows, cut into parts of about as many rows each. */
final class RowParts {

    private final List<Tensor> inputs;
    private final long rows;
    private final int parts;
    private final UnaryOperator<List<Tensor>> cut;

    /** @param cut makes the inputs of a part narrower */
    RowParts(List<Tensor> inputs, int parts, UnaryOperator<List<Tensor>> cut) {
        this.inputs = inputs;
        this.rows = inputs.getFirst().shape().getFirst();
        this.parts = parts;
        this.cut = cut;
    }

    long rows() {
        return rows;
    }

    /** The first row of a part. */
    long begin(int part) {
        return rows * part / parts;
    }

    List<Tensor> inputs(int part) {
        long begin = begin(part);
        long count = begin(part + 1) - begin;
        List<Tensor> slice = new ArrayList<>();
        for (Tensor input : inputs) {
            long bytes = input.data().byteSize() / rows;
            MemorySegment data = input.data().asSlice(begin * bytes, count * bytes);
            slice.add(new Tensor(input.name(), input.type(), sized(input.shape(), 0, count), data));
        }
        return cut.apply(slice);
    }

    /** A shape with another size of an axis. */
    static List<Long> sized(List<Long> shape, int axis, long size) {
        List<Long> sized = new ArrayList<>(shape);
        sized.set(axis, size);
        return List.copyOf(sized);
    }
}
