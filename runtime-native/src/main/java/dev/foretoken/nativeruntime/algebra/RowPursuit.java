package dev.foretoken.nativeruntime.algebra;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * Orthogonal matching pursuit of one vector: take the basis vector most like what is left, find the best values of all taken ones, again. Works
 * on dot products alone; the values come from a Cholesky decomposition that grows by a row per term.
 */
final class RowPursuit {

    private static final double DEPENDENT = 1e-12;

    private final DMatrixRMaj gram;
    private final int terms;
    private final int[] taken;
    private final double[] values;
    private final double[][] factor;
    private int count;

    /** {@code gram}: dot products of basis vectors, of length 1, with each other. */
    RowPursuit(DMatrixRMaj gram, int terms) {
        this.gram = gram;
        this.terms = terms;
        this.taken = new int[terms];
        this.values = new double[terms];
        this.factor = new double[terms][terms];
    }

    /** {@code likeness}: dot products with the vector. */
    RowPursuit run(double[] likeness) {
        double[] left = likeness.clone();
        boolean[] tried = new boolean[left.length];
        while (count < terms) {
            int best = -1;
            for (int v = 0; v < left.length; v++) {
                if (!tried[v] && (best < 0 || Math.abs(left[v]) > Math.abs(left[best]))) {
                    best = v;
                }
            }
            if (best < 0) {
                break;
            }
            tried[best] = true;
            if (grow(best)) {
                solve(likeness);
                rest(likeness, left);
            }
        }
        pad(tried.length);
        return this;
    }

    /** False for a vector that depends on those taken. */
    private boolean grow(int vector) {
        double[] row = factor[count];
        double diagonal = gram.get(vector, vector);
        for (int i = 0; i < count; i++) {
            double sum = gram.get(vector, taken[i]);
            for (int j = 0; j < i; j++) {
                sum -= row[j] * factor[i][j];
            }
            row[i] = sum / factor[i][i];
            diagonal -= row[i] * row[i];
        }
        if (diagonal < DEPENDENT) {
            return false;
        }
        row[count] = Math.sqrt(diagonal);
        taken[count++] = vector;
        return true;
    }

    private void solve(double[] likeness) {
        for (int i = 0; i < count; i++) {
            double sum = likeness[taken[i]];
            for (int j = 0; j < i; j++) {
                sum -= factor[i][j] * values[j];
            }
            values[i] = sum / factor[i][i];
        }
        for (int i = count - 1; i >= 0; i--) {
            double sum = values[i];
            for (int j = i + 1; j < count; j++) {
                sum -= factor[j][i] * values[j];
            }
            values[i] = sum / factor[i][i];
        }
    }

    private void rest(double[] likeness, double[] left) {
        for (int v = 0; v < left.length; v++) {
            double sum = likeness[v];
            for (int i = 0; i < count; i++) {
                sum -= values[i] * gram.get(v, taken[i]);
            }
            left[v] = sum;
        }
    }

    /** Where fewer vectors are of use, others with the value 0. */
    private void pad(int vectors) {
        for (int v = 0; count < terms && v < vectors; v++) {
            int candidate = v;
            if (Arrays.stream(taken, 0, count).noneMatch(t -> t == candidate)) {
                values[count] = 0;
                taken[count++] = v;
            }
        }
    }

    void copyTo(double[] allValues, int[] allPlaces, int start) {
        System.arraycopy(values, 0, allValues, start, terms);
        System.arraycopy(taken, 0, allPlaces, start, terms);
    }
}
