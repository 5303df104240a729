package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Powers of the inputs' mean magnitudes (AWQ, Lin 2023): the one of {@code steps + 1} exponents from 0 to 1 that leaves the least error in the
 * outputs of the site's maps. Exponent 0 scales nothing, so what is found is never worse than rounding as it is.
 */
record ActivationAware(GroupFormat format, int steps) implements InputScales {

    private static final float SMALLEST = 1e-4f;
    /** Rows of a matrix by which an exponent is judged; more would take longer and hardly decide otherwise. */
    private static final int MOST_ROWS = 256;

    @Override
    public float[] of(InputStatistics inputs, List<float[]> weights, Workers workers) {
        float[] magnitudes = inputs.magnitudes();
        float[][] gram = inputs.full();
        List<float[]> samples = new ArrayList<>();
        weights.forEach(matrix -> samples.add(sample(matrix, gram.length)));
        float[] best = new float[gram.length];
        double least = Double.POSITIVE_INFINITY;
        for (int step = 0; step <= steps; step++) {
            float[] scales = scales(magnitudes, (double) step / steps);
            double error = 0;
            for (float[] sample : samples) {
                error += error(sample, scales, gram, workers);
            }
            if (error < least) {
                least = error;
                best = scales;
            }
        }
        return best;
    }

    /** Rows at equal distances. */
    private static float[] sample(float[] matrix, int columns) {
        int rows = matrix.length / columns;
        int count = Math.min(rows, MOST_ROWS);
        float[] sample = new float[count * columns];
        for (int i = 0; i < count; i++) {
            int row = (int) ((long) i * rows / count);
            System.arraycopy(matrix, row * columns, sample, i * columns, columns);
        }
        return sample;
    }

    /** The largest and the smallest are as far from 1. */
    private static float[] scales(float[] magnitudes, double exponent) {
        float[] scales = new float[magnitudes.length];
        float least = Float.POSITIVE_INFINITY;
        float most = 0;
        for (int i = 0; i < scales.length; i++) {
            scales[i] = Math.max(SMALLEST, (float) Math.pow(magnitudes[i], exponent));
            least = Math.min(least, scales[i]);
            most = Math.max(most, scales[i]);
        }
        float middle = (float) Math.sqrt((double) least * most);
        for (int i = 0; i < scales.length; i++) {
            scales[i] /= middle;
        }
        return scales;
    }

    private double error(float[] weights, float[] scales, float[][] gram, Workers workers) {
        float[] scaled = ScaledColumns.times(weights, scales);
        CodedMatrix coded = NearestCodes.of(scaled, scales.length, LevelSearch.range(format), null, workers);
        float[] changed = ScaledColumns.dividedBy(coded.decoded(), scales);
        float[] difference = Arrays.copyOf(weights, weights.length);
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= changed[i];
        }
        return OutputError.energy(difference, gram, workers);
    }
}
