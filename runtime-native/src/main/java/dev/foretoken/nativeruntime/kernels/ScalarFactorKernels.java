package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarFactors;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The oracle. */
final class ScalarFactorKernels implements FactorKernels {

    @Override
    public void gatherTerms(
            SparseRows weights, MemorySegment x, int tokens, @Nullable MemorySegment bias, MemorySegment out) {
        FactorArguments.gatherTerms(weights, x, tokens, bias, out);
        ScalarFactors.gatherTerms(weights, x, tokens, bias, out);
    }

    @Override
    public void affine(
            MemorySegment x, MemorySegment weight, MemorySegment bias, int rows, int width, MemorySegment out) {
        FactorArguments.affine(x, weight, bias, rows, width, out);
        ScalarFactors.affine(x, weight, bias, rows, width, out);
    }
}
