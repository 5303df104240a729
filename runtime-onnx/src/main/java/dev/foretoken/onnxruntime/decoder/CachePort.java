package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.runtime.ElementType;
import java.util.List;

/**
 * A cache that goes into the graph and comes out of it.
 *
 * @param shape of the input; dimension 0 is the row
 * @param axis of the tokens; -1 = a state of fixed size
 */
record CachePort(String input, String output, ElementType type, List<Long> shape, int axis) {

    CachePort {
        shape = List.copyOf(shape);
    }

    boolean isState() {
        return axis < 0;
    }

    /** Tokens that the graph itself fixes; -1 = any number. */
    long fixedTokens() {
        return isState() ? -1 : shape.get(axis);
    }

    /** Bytes of a row of {@code tokens} tokens. */
    long rowBytes(long tokens) {
        return isState() ? outer() * type.bytes() : outer() * tokens * inner();
    }

    /** Pieces of a row in each of which tokens follow one another; all elements of a state. */
    long outer() {
        return product(1, isState() ? shape.size() : axis);
    }

    /** Bytes of one token in one piece. */
    long inner() {
        return product(axis + 1, shape.size()) * type.bytes();
    }

    private long product(int from, int to) {
        return shape.subList(from, to).stream().reduce(1L, Math::multiplyExact);
    }

    /** Shape of {@code rows} rows. */
    long[] dimensions(long rows, long tokens) {
        long[] dimensions = shape.stream().mapToLong(Long::longValue).toArray();
        dimensions[0] = rows;
        if (!isState()) {
            dimensions[axis] = tokens;
        }
        return dimensions;
    }
}
