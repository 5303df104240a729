package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;

/** The rows of a matrix as floats that can be quantized: all finite. */
record FloatRows(String tensor, RowTable table) {

    /** A NaN or an infinity would take its whole block with it, so a matrix that has one is refused: MODEL_FILE_CORRUPT. */
    float[] read(int row) {
        float[] weights = new float[table.columns()];
        table.read(row, weights);
        for (float weight : weights) {
            if (!Float.isFinite(weight)) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "Row %d of tensor %s holds %s, only finite weights can be quantized"
                                .formatted(row, tensor, weight));
            }
        }
        return weights;
    }

    /** The largest magnitude of {@code count} weights. */
    static float largest(float[] weights, int first, int count) {
        float largest = 0;
        for (int k = first; k < first + count; k++) {
            largest = Math.max(largest, Math.abs(weights[k]));
        }
        return largest;
    }

    /** {@code 1 / scale}; 0 where that is no number, so that every code is that of 0. */
    static float inverse(float scale) {
        float inverse = 1 / scale;
        return Float.isInfinite(inverse) ? 0 : inverse;
    }

    /** To the nearest integer, halves away from zero. */
    static int rounded(float x) {
        int whole = (int) x;
        return whole + (int) ((x - whole) * 2);
    }
}
