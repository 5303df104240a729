package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What compressed variants need beside {@link Kernels}, whose rules hold here too. */
public sealed interface FactorKernels permits ScalarFactorKernels, NativeFactorKernels {

    /**
     * {@code out[t, n] = sum_j values[n, j] * x[t, places[n, j]] + bias[n]}: one chain of fused multiply-adds from zero over ascending j, then
     * the bias.
     *
     * @param x fp32 [tokens, width]
     * @param bias fp32 [rows], or null
     * @param out fp32 [tokens, rows], must not overlap x
     */
    void gatherTerms(SparseRows weights, MemorySegment x, int tokens, @Nullable MemorySegment bias, MemorySegment out);

    /**
     * {@code out = x * weight + bias} per row, in one rounding.
     *
     * @param x fp32 [rows, width]
     * @param weight fp32 [width]
     * @param bias fp32 [width]
     * @param out fp32 [rows, width], may be x
     */
    void affine(MemorySegment x, MemorySegment weight, MemorySegment bias, int rows, int width, MemorySegment out);
}
