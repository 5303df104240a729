package dev.foretoken.nativeruntime.kernels.layout;

/**
 * An int8 matrix [rows = outputs n, columns = inputs k] with one scale per row, row by row: what is handed to {@link ChannelPanels#pack}.
 * Its rows are read by several threads at once, each row once.
 */
public interface ChannelRows {
    int rows();

    /** At most {@link ChannelPanels#MAX_COLUMNS}. */
    int columns();

    /**
     * Reads one row and returns its scale.
     *
     * @param codes [columns], unsigned: {@code value + 128}, 0..255
     */
    float read(int row, byte[] codes);
}
