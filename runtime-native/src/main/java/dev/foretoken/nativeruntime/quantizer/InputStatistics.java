package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.GramMatrix;
import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.exec.ActivationTap;

/** What calibration leaves of the inputs of linear maps that share them. */
final class InputStatistics {

    private final GramMatrix products;
    private final double[] magnitudes;
    private final float[] largest;

    InputStatistics(int inputs, Workers workers) {
        this.products = new GramMatrix(inputs, workers);
        this.magnitudes = new double[inputs];
        this.largest = new float[inputs];
    }

    void add(ActivationTap.Rows rows) {
        float[] x = rows.toArray();
        products.add(x, rows.count());
        for (int row = 0; row < rows.count(); row++) {
            for (int i = 0; i < largest.length; i++) {
                float magnitude = Math.abs(x[row * largest.length + i]);
                magnitudes[i] += magnitude;
                largest[i] = Math.max(largest[i], magnitude);
            }
        }
    }

    /** Rows. */
    long count() {
        return products.rows();
    }

    /** {@code X^T X}, of every row the part up to the diagonal; not a copy. */
    double[][] lower() {
        return products.lower();
    }

    /** {@code X^T X}. */
    float[][] full() {
        return products.full();
    }

    /** The mean of the squares of every input. */
    float[] squares() {
        double[][] lower = products.lower();
        float[] mean = new float[lower.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (lower[i][i] / Math.max(1, count()));
        }
        return mean;
    }

    /** The mean magnitude of every input. */
    float[] magnitudes() {
        float[] mean = new float[magnitudes.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (magnitudes[i] / Math.max(1, count()));
        }
        return mean;
    }

    /** The largest magnitude of every input. */
    float[] largest() {
        return largest.clone();
    }
}
