package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Copies fp32 elements between off-heap memory and arrays; positions count elements. */
final class FloatRows {
    private FloatRows() {}

    static float[] read(MemorySegment source, long first, int count) {
        float[] values = new float[count];
        MemorySegment.copy(source, JAVA_FLOAT_UNALIGNED, first << 2, values, 0, count);
        return values;
    }

    /** All of {@code count}, or zeros where there is no memory. */
    static float[] readOrZeros(@Nullable MemorySegment source, int count) {
        return source == null ? new float[count] : read(source, 0, count);
    }

    /** Elements [first, first + count) of a token's vector. */
    static float[] read(TokenVectors source, int token, int first, int count) {
        return read(source.data(), (long) token * source.stride() + first, count);
    }

    static void write(float[] values, MemorySegment target, long first) {
        MemorySegment.copy(values, 0, target, JAVA_FLOAT_UNALIGNED, first << 2, values.length);
    }
}
