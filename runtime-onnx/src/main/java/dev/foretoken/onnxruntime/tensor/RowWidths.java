package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How many columns of each row are not padding at its end, in some input: what is behind the longest row of a part is declared to change nothing,
 * and is left out.
 */
final class RowWidths {

    private static final int AXIS = 1;
    private static final Set<ElementType> TYPES = Set.of(ElementType.INT64, ElementType.INT32);

    private final Map<String, Long> padding;
    private final int columns;
    private final int[] widths;

    private RowWidths(Map<String, Long> padding, int columns, int[] widths) {
        this.padding = padding;
        this.columns = columns;
        this.widths = widths;
    }

    /** Empty where rows have no lengths of their own, or where an output that has the length itself is wanted in full. */
    static Optional<RowWidths> of(Optional<RaggedAxis> ragged, List<Tensor> inputs, List<String> outputs) {
        return ragged.filter(axis -> axis.axis() == AXIS
                        && !outputs.isEmpty()
                        && outputs.stream().noneMatch(axis.trimmed()::contains))
                .flatMap(axis -> of(axis.padding(), inputs));
    }

    private static Optional<RowWidths> of(Map<String, Long> padding, List<Tensor> inputs) {
        List<Tensor> padded = inputs.stream()
                .filter(input -> padding.containsKey(input.name()))
                .toList();
        if (padded.isEmpty() || !padded.stream().allMatch(input -> isTable(input, padded.getFirst()))) {
            return Optional.empty();
        }
        int rows = Math.toIntExact(padded.getFirst().shape().getFirst());
        int columns = Math.toIntExact(padded.getFirst().shape().get(AXIS));
        int[] widths = new int[rows];
        for (int row = 0; row < rows; row++) {
            int width = 1;
            for (Tensor input : padded) {
                width = width(input, (long) row * columns, columns, padding.getOrDefault(input.name(), 0L), width);
            }
            widths[row] = width;
        }
        return Optional.of(new RowWidths(padding, columns, widths));
    }

    private static boolean isTable(Tensor input, Tensor first) {
        return TYPES.contains(input.type())
                && input.shape().size() == 2
                && input.shape().equals(first.shape())
                && input.data().byteSize()
                        == input.shape().getFirst()
                                * input.shape().get(AXIS)
                                * input.type().bytes();
    }

    /** Columns up to the last that is no padding, {@code least} at least. */
    private static int width(Tensor input, long begin, int columns, long padding, int least) {
        int column = columns;
        while (column > least && at(input, begin + column - 1) == padding) {
            column--;
        }
        return column;
    }

    private static long at(Tensor input, long index) {
        return input.type() == ElementType.INT64
                ? input.data().get(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES)
                : input.data().get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
    }

    int[] widths() {
        return widths;
    }

    /** @param part of the inputs, which begins with row {@code begin} */
    List<Tensor> narrowed(List<Tensor> part, int begin) {
        int rows = Math.toIntExact(part.getFirst().shape().getFirst());
        int longest = 1;
        for (int row = begin; row < begin + rows; row++) {
            longest = Math.max(longest, widths[row]);
        }
        int most = Math.min(longest, columns);
        return most == columns
                ? part
                : part.stream()
                        .map(input -> padding.containsKey(input.name()) ? narrowed(input, rows, most) : input)
                        .toList();
    }

    private Tensor narrowed(Tensor input, int rows, int width) {
        long from = (long) columns * input.type().bytes();
        long to = (long) width * input.type().bytes();
        MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(rows * to)]);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(input.data(), row * from, data, row * to, to);
        }
        return new Tensor(input.name(), input.type(), RowParts.sized(input.shape(), AXIS, width), data);
    }
}
