package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Where the inputs of one request lie: native memory, which engines read without a copy, bounded for all of them together. It is freed when
 * nobody refers to it any more, since an engine may still read it after its caller has left. For one thread.
 */
public final class TensorMemory {

    /** What wide loads of every CPU like. */
    private static final int ALIGNMENT = 64;

    private final TensorLimits limits;
    private final Arena arena = Arena.ofAuto();
    private long taken;

    public TensorMemory(TensorLimits limits) {
        this.limits = limits;
    }

    /**
     * How many elements a shape has.
     *
     * @throws ForetokenException INVALID_REQUEST for a negative dimension and for too many of them, PAYLOAD_TOO_LARGE
     */
    public long elements(String tensor, ElementType type, List<Long> shape) {
        if (shape.size() > limits.maxDimensions()) {
            throw invalid(
                    tensor, "has " + shape.size() + " dimensions, at most " + limits.maxDimensions() + " are allowed");
        }
        // An empty tensor of an absurd shape is empty; only what needs memory is bounded.
        long elements = shape.contains(0L) ? 0 : 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw invalid(tensor, "has shape " + shape + ", every dimension must be 0 or more");
            }
            elements = product(tensor, elements, dimension);
        }
        requireRoom(tensor, product(tensor, elements, leastBytes(type)));
        return elements;
    }

    /** An element of variable length has at least its length. */
    private static int leastBytes(ElementType type) {
        return type == ElementType.BYTES ? Integer.BYTES : type.bytes();
    }

    private long product(String tensor, long one, long other) {
        if (Math.multiplyHigh(one, other) != 0 || one * other < 0) {
            throw tooLarge(tensor);
        }
        return one * other;
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE when so many bytes more than those taken are too many */
    public void requireRoom(String tensor, long bytes) {
        if (bytes > limits.maxRequestBytes() - taken) {
            throw tooLarge(tensor);
        }
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE */
    public MemorySegment allocate(String tensor, long bytes) {
        requireRoom(tensor, bytes);
        taken += bytes;
        return arena.allocate(bytes, ALIGNMENT);
    }

    private ForetokenException tooLarge(String tensor) {
        return new ForetokenException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "input '" + tensor + "' makes the inputs larger than " + limits.maxRequestBytes()
                                + " bytes together, the limit of this server")
                .withParam(tensor);
    }

    static ForetokenException invalid(String tensor, String problem) {
        return ForetokenException.invalid(tensor, "input '" + tensor + "' " + problem);
    }
}
