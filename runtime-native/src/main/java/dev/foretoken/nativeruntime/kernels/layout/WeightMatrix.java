package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix [rows = outputs n, columns = inputs k] in panel layout: 16 output rows per panel, a panel contiguous over all of k, so
 * that one layout serves every number of tokens. Rows past n and columns past k are zero.
 *
 * <p>Each encoding is one record here and one file {@code matmul_<encoding>.h} in C; a {@code switch} over this family has no default.
 */
public sealed interface WeightMatrix extends GatherSource permits DensePanels, Fp8Panels, BlockPanels, ChannelPanels {
    /** Output rows side by side in one panel: the fp32 lanes of a 512-bit register. */
    int PANEL_ROWS = 16;

    /** The packed weights, 64-byte aligned when made by a packer. */
    MemorySegment panels();

    /** The weight at {@code row} of n and {@code column} of k, widened to fp32. For tests and the oracle. */
    float at(int row, int column);

    /** Names the encoding, for logs and model information. */
    String encoding();

    /** Memory held. */
    default long bytes() {
        return panels().byteSize();
    }

    default int panelCount() {
        return Math.ceilDiv(rows(), PANEL_ROWS);
    }
}
