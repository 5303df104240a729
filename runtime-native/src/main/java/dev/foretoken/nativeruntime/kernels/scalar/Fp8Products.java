package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import java.lang.foreign.MemorySegment;

/**
 * Products of E4M3 weights with fp32 activations: within a block the chain of fused multiply-adds that unquantized weights have, then {@code
 * total = fma(sum, scale, total)} over ascending blocks, from 0.
 */
final class Fp8Products {
    private Fp8Products() {}

    /** {@code start}: index of the token's first input in {@code x}. */
    static float dot(MemorySegment x, long start, Fp8Panels weights, int row) {
        float total = 0;
        for (int b = 0; b < weights.blocks(); b++) {
            float sum = 0;
            int end = Math.min(weights.columns(), (b + 1) * weights.block());
            for (int k = b * weights.block(); k < end; k++) {
                sum = Math.fma(x.get(JAVA_FLOAT_UNALIGNED, (start + k) << 2), weights.value(row, k), sum);
            }
            total = Math.fma(sum, weights.scale(row, b), total);
        }
        return total;
    }
}
