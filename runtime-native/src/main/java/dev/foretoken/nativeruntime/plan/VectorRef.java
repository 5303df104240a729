package dev.foretoken.nativeruntime.plan;

import java.util.List;
import java.util.stream.LongStream;

/**
 * Names a vector [size] of a checkpoint, or a view of one: a norm's weight, a bias, or a small tensor taken as numbers in a row. Element i is
 * number {@code offset + i * stride} of the tensor in row-major order, elements of one block.
 *
 * @param shape of the whole tensor as it is stored
 * @param blocks of elements that lie apart from each other
 * @param plus added to every element when it is read, in fp32
 */
public record VectorRef(
        String tensor, List<Long> shape, long offset, int size, long stride, Blocks blocks, float plus) {

    public VectorRef {
        shape = List.copyOf(shape);
    }

    /** A whole tensor of one dimension. */
    public VectorRef(String tensor, int size) {
        this(tensor, List.of((long) size), 0, size, 1, Blocks.NONE, 0);
    }

    /** All elements of a tensor of this shape. */
    public static VectorRef all(String tensor, long... shape) {
        List<Long> dimensions = LongStream.of(shape).boxed().toList();
        int size = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
        return new VectorRef(tensor, dimensions, 0, size, 1, Blocks.NONE, 0);
    }

    public VectorRef slice(int first, int count) {
        return slice(first, 1, count);
    }

    /** Every {@code step}-th element from {@code first} on. */
    public VectorRef slice(int first, int step, int count) {
        Blocks cut = blocks.slice(first, step, count);
        return new VectorRef(tensor, shape, storedIndex(first), count, step * stride, cut, plus);
    }

    /** {@code count} elements: {@code size} from {@code first} on, as many {@code step} elements behind them, and so on. */
    public VectorRef blocks(int first, int size, int step, int count) {
        Blocks cut = Blocks.of(size, step * stride, count);
        return new VectorRef(tensor, shape, storedIndex(first), count, stride, cut, plus);
    }

    /** For vectors that are stored less a number. */
    public VectorRef plus(float added) {
        return new VectorRef(tensor, shape, offset, size, stride, blocks, plus + added);
    }

    /** The element of the tensor that is element {@code index}. */
    public long storedIndex(int index) {
        return offset + blocks.distance(index, stride);
    }

    /** Of the whole tensor. */
    public long storedElements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Whether every element is in the tensor. */
    boolean isInside() {
        return offset >= 0
                && stride > 0
                && size > 0
                && Math.max(storedIndex(size - 1), storedIndex(Math.min(size, blocks.size()) - 1)) < storedElements();
    }
}
