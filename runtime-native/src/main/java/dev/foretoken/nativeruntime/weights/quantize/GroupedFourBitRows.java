package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;

/**
 * 4 bits with a minimum: the range of a group is cut into fifteen steps. Codes are rounded by the scale and minimum as they are stored, so that
 * narrowing those to f16 costs no more than it must.
 *
 * @param group weights that share scale and minimum: 16, 32, 64 or 128
 */
record GroupedFourBitRows(FloatRows source, int group) implements QuantizedBlocks {
    private static final int STEPS = 15;

    @Override
    public BlockFormat format() {
        return BlockFormat.grouped4(group);
    }

    @Override
    public void read(int row, byte[] codes, float[] scales, float[] minimums) {
        float[] weights = source.read(row);
        for (int b = 0; b < scales.length; b++) {
            int first = b * group;
            float least = weights[first];
            float most = least;
            for (int k = first + 1; k < first + group; k++) {
                least = Math.min(least, weights[k]);
                most = Math.max(most, weights[k]);
            }
            float minimum = HalfScale.of(least);
            float scale = HalfScale.of(most / STEPS - minimum / STEPS);
            float inverse = FloatRows.inverse(scale);
            scales[b] = scale;
            minimums[b] = minimum;
            for (int k = first; k < first + group; k++) {
                int code = (int) ((weights[k] - minimum) * inverse + 0.5f);
                codes[k] = (byte) Math.clamp(code, 0, STEPS);
            }
        }
    }
}
