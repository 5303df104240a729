package dev.foretoken.nativeruntime.kernels.layout;

/**
 * A matrix [rows = outputs n, columns = inputs k] that is quantized already, row by row: what readers of quantized files and quantizers hand
 * to {@link BlockPanels#pack}. Its rows are read by several threads at once, each row once.
 */
public interface CodedRows {
    int rows();

    /** A multiple of the format's block. */
    int columns();

    BlockFormat format();

    /**
     * Reads one row. Scales and minimums are narrowed to the format's type when packed; give numbers of that type to lose nothing.
     *
     * @param codes [columns], unsigned codes as {@link BlockFormat#value} takes them: 0..255 for 8 bits, 0..15 for 4 bits
     * @param scales [columns / block]
     * @param minimums [columns / block]; not used if the format has no minimum
     */
    void read(int row, byte[] codes, float[] scales, float[] minimums);
}
