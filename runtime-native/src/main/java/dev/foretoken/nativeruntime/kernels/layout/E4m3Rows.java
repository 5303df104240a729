package dev.foretoken.nativeruntime.kernels.layout;

/**
 * A matrix [rows = outputs n, columns = inputs k] of {@link E4m3} numbers with scales, row by row: what is handed to {@link Fp8Panels#pack}.
 * Its rows are read by several threads at once, each row once.
 */
public interface E4m3Rows {
    int rows();

    int columns();

    /** Consecutive inputs of a row that share a scale: a multiple of {@link Fp8Panels#BLOCK_UNIT}, or {@link #columns}. */
    int block();

    /**
     * Reads one row.
     *
     * @param codes [columns]; none is NaN
     * @param scales [columns / block, rounded up]
     */
    void read(int row, byte[] codes, float[] scales);
}
