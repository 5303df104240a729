package dev.foretoken.nativeruntime.algebra;

import java.util.Optional;

/**
 * The upper triangular U with {@code A^-1 = U^T U}, for a symmetric positive definite A, without the inverse itself: with the order of rows
 * and columns turned round, A = L L^T (Cholesky), and U is the inverse of L turned round again.
 */
public final class InverseFactor {

    private static final int PANEL = 32;

    private final int size;
    private final double[][] lower;
    private final Workers workers;

    private InverseFactor(double[][] a, Workers workers) {
        this.size = a.length;
        this.workers = workers;
        this.lower = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                lower[i][j] = a[size - 1 - j][size - 1 - i];
            }
        }
    }

    /**
     * Rows of U, [size][size].
     *
     * @param lower of every row the part up to the diagonal
     * @return empty where the matrix is not positive definite in double precision
     */
    public static Optional<float[][]> of(double[][] lower, Workers workers) {
        InverseFactor factor = new InverseFactor(lower, workers);
        return factor.decompose() ? Optional.of(factor.inverted()) : Optional.empty();
    }

    /** Panels of columns; what is right of a panel is updated by all of it at once. */
    private boolean decompose() {
        for (int first = 0; first < size; first += PANEL) {
            int end = Math.min(size, first + PANEL);
            if (!diagonal(first, end)) {
                return false;
            }
            int begin = first;
            workers.each(Math.ceilDiv(size - end, PANEL), piece -> {
                int from = end + piece * PANEL;
                solve(begin, end, from, Math.min(size, from + PANEL));
            });
            double[][] columns = transposed(first, end);
            workers.each(size - end, piece -> subtract(columns, begin, end, size - 1 - piece));
        }
        return true;
    }

    private boolean diagonal(int first, int end) {
        for (int i = first; i < end; i++) {
            double[] row = lower[i];
            for (int j = first; j <= i; j++) {
                double sum = row[j];
                for (int k = first; k < j; k++) {
                    sum -= row[k] * lower[j][k];
                }
                if (i != j) {
                    row[j] = sum / lower[j][j];
                } else if (sum > 0) {
                    row[j] = Math.sqrt(sum);
                } else {
                    return false;
                }
            }
        }
        return true;
    }

    private void solve(int first, int end, int from, int to) {
        for (int i = from; i < to; i++) {
            double[] row = lower[i];
            for (int j = first; j < end; j++) {
                double sum = row[j];
                for (int k = first; k < j; k++) {
                    sum -= row[k] * lower[j][k];
                }
                row[j] = sum / lower[j][j];
            }
        }
    }

    /** The columns of a panel below it, each in a row. */
    private double[][] transposed(int first, int end) {
        double[][] columns = new double[end - first][size];
        for (int i = end; i < size; i++) {
            for (int k = first; k < end; k++) {
                columns[k - first][i] = lower[i][k];
            }
        }
        return columns;
    }

    private void subtract(double[][] columns, int first, int end, int i) {
        double[] row = lower[i];
        for (int k = first; k < end; k++) {
            add(row, -row[k], columns[k - first], end, i + 1);
        }
    }

    private static void add(double[] sum, double factor, double[] term, int from, int to) {
        for (int j = from; j < to; j++) {
            sum[j] = Math.fma(factor, term[j], sum[j]);
        }
    }

    /** By blocks of columns, each of which is a system of its own; turned round and transposed on the way, which gives U. */
    private float[][] inverted() {
        float[][] upper = new float[size][size];
        workers.each(Math.ceilDiv(size, PANEL), piece -> {
            int from = piece * PANEL;
            int to = Math.min(size, from + PANEL);
            double[][] columns = new double[size][];
            for (int i = from; i < size; i++) {
                columns[i] = new double[to - from];
                if (i < to) {
                    columns[i][i - from] = 1;
                }
                for (int k = from; k < i; k++) {
                    add(columns[i], -lower[i][k], columns[k], 0, to - from);
                }
                for (int j = 0; j < to - from; j++) {
                    columns[i][j] /= lower[i][i];
                    upper[size - 1 - i][size - 1 - from - j] = (float) columns[i][j];
                }
            }
        });
        return upper;
    }
}
