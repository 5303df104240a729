package dev.foretoken.nativeruntime.kernels.vector;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Widens one block of a panel at a time: 16 rows side by side, k ascending. */
final class BlockDecoder {
    private static final int ROWS = WeightMatrix.PANEL_ROWS;

    private final BlockFormat format;
    private final MemorySegment panel;
    private final byte[] codes;
    private final int[] values;
    private final float[] scales = new float[ROWS];
    private final float[] minimums = new float[ROWS];

    BlockDecoder(BlockPanels weights, int panel) {
        this.format = weights.format();
        this.panel = weights.panels().asSlice(panel * weights.panelBytes(), weights.panelBytes());
        this.codes = new byte[format.blockBytes() - format.headBytes()];
        this.values = new int[format.block() * ROWS];
    }

    void decode(int block) {
        long start = (long) block * format.blockBytes();
        long head = start / format.scaleType().bytes();
        for (int lane = 0; lane < ROWS; lane++) {
            scales[lane] = format.scaleType().load(panel, head + lane);
            minimums[lane] = format.minimum() ? format.scaleType().load(panel, head + ROWS + lane) : 0;
        }
        MemorySegment.copy(panel, ValueLayout.JAVA_BYTE, start + format.headBytes(), codes, 0, codes.length);
        if (format.bits() == 8) {
            bytes();
        } else {
            nibbles();
        }
    }

    private void bytes() {
        for (int i = 0; i < codes.length; i++) {
            int k = i / (4 * ROWS) * 4 + i % 4;
            values[k * ROWS + i / 4 % ROWS] = format.value(codes[i] & 0xff);
        }
    }

    private void nibbles() {
        for (int i = 0; i < codes.length; i++) {
            int k = i / (4 * ROWS) * 8 + i % 4;
            int lane = i / 4 % ROWS;
            values[k * ROWS + lane] = format.value(codes[i] & 15);
            values[(k + 4) * ROWS + lane] = format.value(codes[i] >>> 4 & 15);
        }
    }

    int block() {
        return format.block();
    }

    boolean minimum() {
        return format.minimum();
    }

    /** [block][16 rows]. */
    int[] values() {
        return values;
    }

    /** [16 rows]. */
    float[] scales() {
        return scales;
    }

    /** [16 rows]; zeros if the format has none. */
    float[] minimums() {
        return minimums;
    }
}
