package dev.foretoken.nativeruntime.kernels.scalar;

import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import java.lang.foreign.MemorySegment;

/**
 * Products of quantized weights with activations quantized alike. Integer sums are exact in any order; the floating-point steps are one
 * chain over ascending blocks. Every implementation keeps that chain, so that all agree to the bit, for any number of tokens.
 */
final class QuantizedProducts {
    private QuantizedProducts() {}

    /** One output per row, without bias. */
    interface RowSum {
        float of(int row);
    }

    /** The products of one token, fp32 [columns], with each row of {@code weights}. */
    static RowSum ofToken(MemorySegment x, int token, BlockPanels weights) {
        QuantizedActivations input = QuantizedActivations.of(
                x, token, weights.columns(), weights.format().block());
        return row -> blocks(input, weights, row);
    }

    static RowSum ofToken(MemorySegment x, int token, ChannelPanels weights) {
        QuantizedActivations input = QuantizedActivations.of(x, token, weights.columns(), weights.columns());
        return row -> channel(input, weights, row);
    }

    private static float blocks(QuantizedActivations input, BlockPanels weights, int row) {
        int block = weights.format().block();
        float sum = 0;
        for (int b = 0; b < weights.blocks(); b++) {
            int dot = 0;
            for (int k = b * block; k < (b + 1) * block; k++) {
                dot += input.values()[k] * weights.value(row, k);
            }
            float scale = input.scales()[b];
            sum = Math.fma((float) dot, scale * weights.scale(row, b), sum);
            if (weights.format().minimum()) {
                sum = Math.fma(scale * input.sums()[b], weights.minimum(row, b), sum);
            }
        }
        return sum;
    }

    private static float channel(QuantizedActivations input, ChannelPanels weights, int row) {
        int dot = 0;
        for (int k = 0; k < weights.columns(); k++) {
            dot += input.values()[k] * weights.value(row, k);
        }
        return dot * (input.scales()[0] * weights.scale(row));
    }
}
