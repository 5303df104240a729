package dev.foretoken.contract.runtime;

import java.util.List;
import java.util.Optional;

/** How much a shape holds, counted without overflow, since shapes come from anybody. */
public final class TensorSize {

    /** More than any memory holds: what every count stops at. */
    public static final long TOO_MANY = Long.MAX_VALUE;

    private TensorSize() {}

    /**
     * How many elements there are; an empty tensor of an absurd shape is empty.
     *
     * @throws IllegalArgumentException for a size below 0
     */
    public static long elements(List<Long> shape) {
        long elements = shape.contains(0L) ? 0 : 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("shape " + shape + ": every size must be 0 or more");
            }
            elements = product(elements, size);
        }
        return elements;
    }

    /**
     * Bytes that a tensor takes; of {@link ElementType#BYTES} those it takes at the least.
     *
     * @throws IllegalArgumentException for a size below 0
     */
    public static long bytes(ElementType type, List<Long> shape) {
        return product(elements(shape), type.leastBytes());
    }

    /** Of numbers that are 0 or more. */
    public static long product(long one, long other) {
        return Math.multiplyHigh(one, other) != 0 || one * other < 0 ? TOO_MANY : one * other;
    }

    /**
     * What is wrong with a tensor whose bytes are not what its type and shape promise, to be said behind its name; empty when nothing is.
     *
     * @throws IllegalArgumentException for a size below 0
     */
    public static Optional<String> misfit(Tensor tensor) {
        long found = tensor.data().byteSize();
        if (tensor.type() != ElementType.BYTES) {
            return bytes(tensor.type(), tensor.shape()) == found
                    ? Optional.empty()
                    : Optional.of("%s values of %d bytes, found %d bytes"
                            .formatted(expected(tensor), tensor.type().bytes(), found));
        }
        long strings = BytesElements.count(tensor.data());
        return strings == elements(tensor.shape())
                ? Optional.empty()
                : Optional.of(expected(tensor) + " strings, each behind its length, found "
                        + (strings < 0 ? found + " bytes that end within one" : strings));
    }

    private static String expected(Tensor tensor) {
        long elements = elements(tensor.shape());
        return "is %s %s, which takes %s"
                .formatted(tensor.type(), tensor.shape(), elements == TOO_MANY ? "too many" : elements);
    }
}
