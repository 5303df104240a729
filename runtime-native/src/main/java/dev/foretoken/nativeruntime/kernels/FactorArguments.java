package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.Bounds;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The checks of {@link FactorKernels}. Places were checked when they were packed. */
final class FactorArguments {
    private FactorArguments() {}

    static void gatherTerms(
            SparseRows weights, MemorySegment x, int tokens, @Nullable MemorySegment bias, MemorySegment out) {
        Bounds.positive("tokens", tokens);
        Bounds.floats("x", x, (long) tokens * weights.width());
        if (bias != null) {
            Bounds.floats("bias", bias, weights.rows());
        }
        Bounds.writableFloats("out", out, (long) tokens * weights.rows());
    }

    static void affine(
            MemorySegment x, MemorySegment weight, MemorySegment bias, int rows, int width, MemorySegment out) {
        Arguments.layerNorm(x, weight, bias, rows, width, out);
    }
}
