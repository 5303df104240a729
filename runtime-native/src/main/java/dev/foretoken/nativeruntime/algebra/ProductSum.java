package dev.foretoken.nativeruntime.algebra;

/**
 * The sum of outer products of paired rows, {@code X^T Y}, in double precision throughout. The result depends on the rows and their order alone.
 */
public final class ProductSum {

    private static final int SIZE = RankUpdate.SIZE;

    private final double[][] sums;
    private final int columns;

    /** {@code rows}: width of X; {@code columns}: width of Y. */
    public ProductSum(int rows, int columns) {
        this.sums = new double[rows][columns];
        this.columns = columns;
    }

    /** Width of X. */
    public int rows() {
        return sums.length;
    }

    /** Width of Y. */
    public int columns() {
        return columns;
    }

    /** [rows][columns]; not a copy. */
    public double[][] values() {
        return sums;
    }

    /** Adds the pairs: {@code x} [count][rows], {@code y} [count][columns]. */
    public void add(double[][] x, double[][] y, Workers workers) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("%d rows are paired with %d".formatted(x.length, y.length));
        }
        workers.each(Math.ceilDiv(sums.length, SIZE), piece -> {
            for (int i = piece * SIZE; i < Math.min(sums.length, (piece + 1) * SIZE); i++) {
                addRow(sums[i], i, x, y);
            }
        });
    }

    /** Four pairs at a time, so that the sum is read and written once for them. */
    private void addRow(double[] sum, int i, double[][] x, double[][] y) {
        int whole = x.length / SIZE * SIZE;
        for (int t = 0; t < whole; t += SIZE) {
            add(sum, new double[] {x[t][i], x[t + 1][i], x[t + 2][i], x[t + 3][i]}, y[t], y[t + 1], y[t + 2], y[t + 3]);
        }
        for (int t = whole; t < x.length; t++) {
            double factor = x[t][i];
            double[] term = y[t];
            for (int j = 0; j < columns; j++) {
                sum[j] = Math.fma(factor, term[j], sum[j]);
            }
        }
    }

    private static void add(double[] sum, double[] factors, double[] y0, double[] y1, double[] y2, double[] y3) {
        double f0 = factors[0];
        double f1 = factors[1];
        double f2 = factors[2];
        double f3 = factors[3];
        for (int j = 0; j < sum.length; j++) {
            sum[j] = Math.fma(f3, y3[j], Math.fma(f2, y2[j], Math.fma(f1, y1[j], Math.fma(f0, y0[j], sum[j]))));
        }
    }

    /** This and another of the same widths. */
    public ProductSum plus(ProductSum other) {
        ProductSum made = new ProductSum(rows(), columns);
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < columns; j++) {
                made.sums[i][j] = sums[i][j] + other.sums[i][j];
            }
        }
        return made;
    }
}
