package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Inputs of equal numbers of rows, cut into parts of about as much work each: as many rows, or as many tokens where rows have lengths. */
final class RowParts {

    private final List<Tensor> inputs;
    private final Optional<RowWidths> widths;
    private final int[] begins;

    /** @param parts at most as many as there are rows */
    RowParts(List<Tensor> inputs, int parts, Optional<RowWidths> widths) {
        this.inputs = inputs;
        this.widths = widths;
        int rows = Math.toIntExact(inputs.getFirst().shape().getFirst());
        this.begins = widths.map(known -> ofEqualSums(known.widths(), parts)).orElseGet(() -> ofEqualRows(rows, parts));
    }

    private static int[] ofEqualRows(int rows, int parts) {
        int[] begins = new int[parts + 1];
        for (int part = 0; part <= parts; part++) {
            begins[part] = Math.toIntExact((long) rows * part / parts);
        }
        return begins;
    }

    /** A row belongs where its middle lies; each part has one at least. */
    private static int[] ofEqualSums(int[] widths, int parts) {
        long total = sum(widths);
        int[] begins = new int[parts + 1];
        int row = 0;
        long before = 0;
        for (int part = 1; part < parts; part++) {
            int last = widths.length - (parts - part);
            int least = begins[part - 1] + 1;
            while (row < least || (row < last && (2 * before + widths[row]) * parts <= 2 * total * part)) {
                before += widths[row++];
            }
            begins[part] = row;
        }
        begins[parts] = widths.length;
        return begins;
    }

    static long sum(int[] widths) {
        long total = 0;
        for (int width : widths) {
            total += width;
        }
        return total;
    }

    int count() {
        return begins.length - 1;
    }

    int rows() {
        return begins[begins.length - 1];
    }

    /** The first row of a part. */
    int begin(int part) {
        return begins[part];
    }

    List<Tensor> inputs(int part) {
        int begin = begins[part];
        long count = begins[part + 1] - begin;
        List<Tensor> slice = new ArrayList<>();
        for (Tensor input : inputs) {
            long bytes = input.data().byteSize() / rows();
            MemorySegment data = input.data().asSlice(begin * bytes, count * bytes);
            slice.add(new Tensor(input.name(), input.type(), sized(input.shape(), 0, count), data));
        }
        return widths.map(known -> known.narrowed(slice, begin)).orElse(slice);
    }

    /** A shape with another size of an axis. */
    static List<Long> sized(List<Long> shape, int axis, long size) {
        List<Long> sized = new ArrayList<>(shape);
        sized.set(axis, size);
        return List.copyOf(sized);
    }
}
