package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.Workers;
import java.util.List;

/**
 * Moves what makes inputs hard to round into the weights (SmoothQuant, Xiao 2023): {@code largest input ^ strength / largest weight ^ (1 -
 * strength)} of each column.
 */
record Smoothing(double strength) implements InputScales {

    private static final float SMALLEST = 1e-5f;

    @Override
    public float[] of(InputStatistics inputs, List<float[]> weights, Workers workers) {
        float[] reach = inputs.largest();
        float[] heaviest = new float[reach.length];
        for (float[] matrix : weights) {
            for (int i = 0; i < matrix.length; i++) {
                int column = i % reach.length;
                heaviest[column] = Math.max(heaviest[column], Math.abs(matrix[i]));
            }
        }
        float[] scales = new float[reach.length];
        for (int i = 0; i < scales.length; i++) {
            double divisor = Math.pow(Math.max(SMALLEST, heaviest[i]), 1 - strength);
            scales[i] = reach[i] == 0 ? 1 : (float) Math.max(SMALLEST, Math.pow(reach[i], strength) / divisor);
        }
        return scales;
    }
}
