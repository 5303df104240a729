package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * One token's inputs in 8 bits: {@code x[k] ~ scales[b] * values[k]} with b = k / block. Made of that token alone, so that neighbours in a
 * step never change it. NaN counts as 0, infinity as the largest float; a block with nothing above 127 / Float.MAX_VALUE (3.7e-37) as zeros.
 *
 * @param values [columns], in [-127, 127]
 * @param scales [columns / block]
 * @param sums [columns / block], of the values of a block
 */
public record QuantizedActivations(byte[] values, float[] scales, int[] sums) {
    private static final float LARGEST = 127;

    /** {@code token}: row of x, fp32 [tokens, columns]; {@code block} divides columns. */
    public static QuantizedActivations of(MemorySegment x, int token, int columns, int block) {
        int blocks = columns / block;
        QuantizedActivations row = new QuantizedActivations(new byte[columns], new float[blocks], new int[blocks]);
        float[] inputs = new float[columns];
        MemorySegment.copy(x, JAVA_FLOAT_UNALIGNED, (long) token * columns * Float.BYTES, inputs, 0, columns);
        for (int b = 0; b < blocks; b++) {
            row.quantize(inputs, b * block, block, b);
        }
        return row;
    }

    private void quantize(float[] inputs, int first, int count, int b) {
        float largest = 0;
        for (int k = first; k < first + count; k++) {
            largest = Math.max(largest, Math.abs(finite(inputs[k])));
        }
        float inverse = LARGEST / largest;
        if (Float.isInfinite(inverse)) {
            return; // nothing, or less than 127 / Float.MAX_VALUE: counts as nothing
        }
        scales[b] = largest / LARGEST;
        for (int k = first; k < first + count; k++) {
            float scaled = (float) Math.rint(finite(inputs[k]) * inverse);
            values[k] = (byte) Math.clamp(scaled, -LARGEST, LARGEST);
            sums[b] += values[k];
        }
    }

    private static float finite(float x) {
        return Float.isNaN(x) ? 0 : Math.clamp(x, -Float.MAX_VALUE, Float.MAX_VALUE);
    }
}
