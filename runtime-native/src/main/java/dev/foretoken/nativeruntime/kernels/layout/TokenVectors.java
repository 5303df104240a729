package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One vector per token, inside longer ones or by itself.
 *
 * @param data fp32; token t's vector is elements {@code [t * stride, t * stride + width)}
 */
public record TokenVectors(MemorySegment data, int width, int stride) {
    public TokenVectors {
        Bounds.positive("width", width);
        if (stride < width) {
            throw new IllegalArgumentException("vectors of %d elements stand %d apart".formatted(width, stride));
        }
    }

    /** {@code data}: fp32 [tokens, width]. */
    public static TokenVectors of(MemorySegment data, int width) {
        return new TokenVectors(data, width, width);
    }

    /** Elements [first, first + count) of each vector. */
    public TokenVectors slice(int first, int count) {
        return new TokenVectors(data.asSlice((long) first * Float.BYTES), count, stride);
    }

    public float at(int token, int element) {
        return data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, ((long) token * stride + element) << 2);
    }

    /** Refuses memory that is too short for {@code tokens} vectors of {@code expected} elements. */
    public void require(String name, int tokens, int expected) {
        if (width != expected) {
            throw new IllegalArgumentException("%s is %d wide, must be %d".formatted(name, width, expected));
        }
        Bounds.floats(name, data, (tokens - 1L) * stride + width);
    }
}
