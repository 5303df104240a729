package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Sparse factors and norms of constant statistics. */
public final class ScalarFactors {
    private ScalarFactors() {}

    public static void gatherTerms(
            SparseRows weights, MemorySegment x, int tokens, @Nullable MemorySegment bias, MemorySegment out) {
        for (int token = 0; token < tokens; token++) {
            for (int row = 0; row < weights.rows(); row++) {
                float sum = 0;
                for (int term = 0; term < weights.terms(); term++) {
                    float element = get(x, (long) token * weights.width() + weights.place(row, term));
                    sum = Math.fma(weights.value(row, term), element, sum);
                }
                set(out, (long) token * weights.rows() + row, sum + (bias == null ? 0 : get(bias, row)));
            }
        }
    }

    public static void affine(
            MemorySegment x, MemorySegment weight, MemorySegment bias, int rows, int width, MemorySegment out) {
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                long at = (long) row * width + i;
                set(out, at, Math.fma(get(x, at), get(weight, i), get(bias, i)));
            }
        }
    }

    private static float get(MemorySegment segment, long index) {
        return segment.get(JAVA_FLOAT_UNALIGNED, index << 2);
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.set(JAVA_FLOAT_UNALIGNED, index << 2, value);
    }
}
