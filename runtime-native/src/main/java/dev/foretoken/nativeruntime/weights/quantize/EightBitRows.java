package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;

/** GGUF's Q8_0: the largest magnitude of a block becomes 127; rounded by the scale before it is narrowed to f16. */
record EightBitRows(FloatRows source) implements QuantizedBlocks {
    private static final int ZERO = 128;

    @Override
    public BlockFormat format() {
        return BlockFormat.Q8_0;
    }

    @Override
    public void read(int row, byte[] codes, float[] scales, float[] minimums) {
        float[] weights = source.read(row);
        int block = format().block();
        for (int b = 0; b < scales.length; b++) {
            int first = b * block;
            float scale = FloatRows.largest(weights, first, block) / 127;
            float inverse = FloatRows.inverse(scale);
            scales[b] = HalfScale.of(scale);
            for (int k = first; k < first + block; k++) {
                codes[k] = (byte) (FloatRows.rounded(weights[k] * inverse) + ZERO);
            }
        }
    }
}
