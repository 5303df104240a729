package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;

/** GGUF's Q4_0: the weight of the largest magnitude becomes -8, whatever its sign; the first one where several are as large. */
record FourBitRows(FloatRows source) implements QuantizedBlocks {

    @Override
    public BlockFormat format() {
        return BlockFormat.Q4_0;
    }

    @Override
    public void read(int row, byte[] codes, float[] scales, float[] minimums) {
        float[] weights = source.read(row);
        int block = format().block();
        for (int b = 0; b < scales.length; b++) {
            int first = b * block;
            float scale = extreme(weights, first, block) / -8;
            float inverse = FloatRows.inverse(scale);
            scales[b] = HalfScale.of(scale);
            for (int k = first; k < first + block; k++) {
                codes[k] = (byte) Math.min(15, (int) (weights[k] * inverse + 8.5f));
            }
        }
    }

    private static float extreme(float[] weights, int first, int count) {
        float extreme = 0;
        for (int k = first; k < first + count; k++) {
            if (Math.abs(weights[k]) > Math.abs(extreme)) {
                extreme = weights[k];
            }
        }
        return extreme;
    }
}
