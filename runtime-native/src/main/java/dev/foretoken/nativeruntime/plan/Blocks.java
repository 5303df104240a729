package dev.foretoken.nativeruntime.plan;

/**
 * How a view's indices lie in blocks: the first {@code size} follow one another, the next {@code size} begin {@code stride} elements behind the
 * first, and so on. Tensors that hold several maps side by side for every head are cut up so.
 */
public record Blocks(int size, long stride) {

    /** One block of everything. */
    public static final Blocks NONE = new Blocks(Integer.MAX_VALUE, 0);

    /** For {@code count} indices of which {@code size} make a block. */
    static Blocks of(int size, long stride, int count) {
        return count <= size ? NONE : new Blocks(size, stride);
    }

    /** Elements between index 0 and an index, where neighbours are {@code step} elements apart. */
    long distance(int index, long step) {
        return index / size * stride + index % size * step;
    }

    /** The blocks of {@code count} indices from {@code first} on, every {@code step}-th. */
    Blocks slice(int first, int step, int count) {
        boolean inside = first / size == (first + (count - 1L) * step) / size;
        if (inside) {
            return NONE;
        }
        if (step != 1 || first % size != 0) {
            throw new IllegalArgumentException(
                    "%d indices from %d on, %d apart, cut blocks of %d".formatted(count, first, step, size));
        }
        return this;
    }
}
