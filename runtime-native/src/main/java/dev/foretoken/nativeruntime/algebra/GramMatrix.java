package dev.foretoken.nativeruntime.algebra;

import java.util.Arrays;

/**
 * The sum of outer products of rows, {@code X^T X}. Rows are collected; a full batch is multiplied in fp32 and added in double precision, so
 * that a long sum stays exact enough to be inverted. The result depends on the rows and their order alone.
 */
public final class GramMatrix {

    private static final int BATCH = 256;

    private final Workers workers;
    private final double[][] sums;
    private final float[][] batch;
    private int filled;
    private long rows;

    public GramMatrix(int size, Workers workers) {
        this.workers = workers;
        this.sums = new double[size][];
        for (int i = 0; i < size; i++) {
            sums[i] = new double[i + 1];
        }
        this.batch = new float[BATCH][size];
    }

    public int size() {
        return sums.length;
    }

    /** How many were added. */
    public long rows() {
        return rows;
    }

    /** {@code x}: [count * size]. */
    public void add(float[] x, int count) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(x, i * size(), batch[filled++], 0, size());
            if (filled == BATCH) {
                flush();
            }
        }
        rows += count;
    }

    private void flush() {
        if (filled > 0) {
            workers.each(Math.ceilDiv(size(), RankUpdate.SIZE), piece -> multiply(piece * RankUpdate.SIZE));
            filled = 0;
        }
    }

    /** Four rows of the matrix, up to the diagonal. */
    private void multiply(int first) {
        int count = Math.min(RankUpdate.SIZE, size() - first);
        float[][] partial = new float[RankUpdate.SIZE][first + RankUpdate.SIZE];
        float[] factors = new float[RankUpdate.SIZE * RankUpdate.SIZE];
        for (int row = 0; row < filled; row += RankUpdate.SIZE) {
            Arrays.fill(factors, 0);
            for (int i = 0; i < count; i++) {
                for (int t = 0; t < Math.min(RankUpdate.SIZE, filled - row); t++) {
                    factors[i * RankUpdate.SIZE + t] = batch[row + t][first + i];
                }
            }
            RankUpdate.add(partial, factors, batch, row, 0, first + count);
        }
        for (int i = 0; i < count; i++) {
            double[] sum = sums[first + i];
            for (int j = 0; j < sum.length; j++) {
                sum[j] += partial[i][j];
            }
        }
    }

    /** Of every row the part up to the diagonal; not a copy. */
    public double[][] lower() {
        flush();
        return sums;
    }

    /** All of it, in fp32: [size][size]. */
    public float[][] full() {
        double[][] half = lower();
        float[][] all = new float[size()][size()];
        for (int i = 0; i < size(); i++) {
            for (int j = 0; j <= i; j++) {
                all[i][j] = (float) half[i][j];
                all[j][i] = all[i][j];
            }
        }
        return all;
    }
}
