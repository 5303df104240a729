package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Leaves out the columns at the end that are padding in every row and every input: what is declared to change nothing. */
final class PaddingCut {

    static final UnaryOperator<List<Tensor>> NONE = inputs -> inputs;

    private static final int AXIS = 1;
    private static final Set<ElementType> TYPES = Set.of(ElementType.INT64, ElementType.INT32);

    private final Optional<RaggedAxis> ragged;

    PaddingCut(Optional<RaggedAxis> ragged) {
        this.ragged =
                ragged.filter(axis -> axis.axis() == AXIS && !axis.padding().isEmpty());
    }

    /** Outputs that have the length themselves are wanted in full. */
    UnaryOperator<List<Tensor>> of(List<String> outputs) {
        return ragged.filter(axis -> outputs.stream().noneMatch(axis.trimmed()::contains))
                .<UnaryOperator<List<Tensor>>>map(axis -> inputs -> cut(inputs, axis))
                .orElse(NONE);
    }

    private static List<Tensor> cut(List<Tensor> inputs, RaggedAxis ragged) {
        List<Tensor> padded = inputs.stream()
                .filter(input -> ragged.padding().containsKey(input.name()))
                .toList();
        if (padded.isEmpty() || !padded.stream().allMatch(input -> isTable(input, padded.getFirst()))) {
            return inputs;
        }
        int width = Math.toIntExact(padded.getFirst().shape().get(AXIS));
        int longest = 1;
        for (Tensor input : padded) {
            longest = longest(input, width, ragged.padding().getOrDefault(input.name(), 0L), longest);
        }
        int most = longest;
        return most == width
                ? inputs
                : inputs.stream()
                        .map(input -> ragged.padding().containsKey(input.name()) ? narrowed(input, width, most) : input)
                        .toList();
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

    /** Columns up to the last that is no padding in some row, {@code least} at least. */
    private static int longest(Tensor input, int width, long padding, int least) {
        long rows = input.shape().getFirst();
        int longest = least;
        for (long row = 0; row < rows; row++) {
            int column = width;
            while (column > longest && at(input, row * width + column - 1) == padding) {
                column--;
            }
            longest = column;
        }
        return longest;
    }

    private static long at(Tensor input, long index) {
        return input.type() == ElementType.INT64
                ? input.data().get(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES)
                : input.data().get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
    }

    private static Tensor narrowed(Tensor input, int width, int columns) {
        int rows = Math.toIntExact(input.shape().getFirst());
        long from = (long) width * input.type().bytes();
        long to = (long) columns * input.type().bytes();
        MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(rows * to)]);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(input.data(), row * from, data, row * to, to);
        }
        return new Tensor(input.name(), input.type(), RowParts.sized(input.shape(), AXIS, columns), data);
    }
}
