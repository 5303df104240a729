package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.RankUpdate;
import dev.foretoken.nativeruntime.algebra.Workers;
import java.util.Arrays;

/** How far the outputs of a changed matrix are from those of the original, over all calibration inputs X. */
final class OutputError {

    private OutputError() {}

    /** {@code |(W - Q) X|^2 / |W X|^2}; {@code gram}: X^T X; both matrices [rows * columns]. */
    static double relative(float[] original, float[] changed, float[][] gram, Workers workers) {
        float[] difference = new float[original.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = original[i] - changed[i];
        }
        double whole = energy(original, gram, workers);
        return whole == 0 ? 0 : energy(difference, gram, workers) / whole;
    }

    /** {@code |M X|^2}, the trace of {@code M X^T X M^T}. */
    static double energy(float[] matrix, float[][] gram, Workers workers) {
        int columns = gram.length;
        int rows = matrix.length / columns;
        double[] sums = new double[Math.ceilDiv(rows, RankUpdate.SIZE)];
        workers.each(sums.length, piece -> {
            int first = piece * RankUpdate.SIZE;
            sums[piece] = energy(matrix, gram, first, Math.min(RankUpdate.SIZE, rows - first));
        });
        return Arrays.stream(sums).sum();
    }

    private static double energy(float[] matrix, float[][] gram, int first, int count) {
        int columns = gram.length;
        float[][] products = new float[RankUpdate.SIZE][columns];
        float[] factors = new float[RankUpdate.SIZE * RankUpdate.SIZE];
        for (int i = 0; i < columns; i += RankUpdate.SIZE) {
            Arrays.fill(factors, 0);
            for (int row = 0; row < count; row++) {
                for (int t = 0; t < Math.min(RankUpdate.SIZE, columns - i); t++) {
                    factors[row * RankUpdate.SIZE + t] = matrix[(first + row) * columns + i + t];
                }
            }
            RankUpdate.add(products, factors, gram, i, 0, columns);
        }
        double sum = 0;
        for (int row = 0; row < count; row++) {
            for (int j = 0; j < columns; j++) {
                sum += (double) products[row][j] * matrix[(first + row) * columns + j];
            }
        }
        return sum;
    }
}
