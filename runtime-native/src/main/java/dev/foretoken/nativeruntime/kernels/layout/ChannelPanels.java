package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * 8-bit weights with one scale per output row, {@code weight = scale * value}, for activations with one scale per token.
 *
 * @param panels uint8 [panel][k/4][16 rows][4], {@code value = code - 128} in [-128, 127]; k is rounded up to 4; padding is 128
 * @param scales fp32 [rows rounded up to 16]; 0 past n
 * @param columns at most {@link #MAX_COLUMNS}
 */
public record ChannelPanels(MemorySegment panels, MemorySegment scales, int rows, int columns) implements WeightMatrix {
    /** Inputs of one row whose products of weights in [-128, 127] and activations in [-127, 127] cannot overflow an int32 sum. */
    public static final int MAX_COLUMNS = 131_072;

    private static final int ZERO = 128;

    public ChannelPanels {
        Bounds.positive("rows", rows);
        Bounds.positive("columns", columns);
        if (columns > MAX_COLUMNS) {
            throw new IllegalArgumentException("columns=%d, must be at most %d".formatted(columns, MAX_COLUMNS));
        }
        Bounds.bytes("panels", panels, bytes(rows, columns));
        Bounds.floats("scales", scales, paddedRows(rows));
    }

    private static int paddedRows(int rows) {
        return Math.ceilDiv(rows, PANEL_ROWS) * PANEL_ROWS;
    }

    /** Bytes of the codes of a packed [rows, columns] matrix, padding included. */
    public static long bytes(int rows, int columns) {
        return (long) paddedRows(rows) * Math.ceilDiv(columns, 4) * 4;
    }

    /** Bytes of codes and scales. */
    public static long packedBytes(int rows, int columns) {
        return bytes(rows, columns) + (long) paddedRows(rows) * Float.BYTES;
    }

    /** A matrix of this shape whose scales are zero, to be filled by a packer. */
    public static ChannelPanels allocate(int rows, int columns, SegmentAllocator allocator) {
        MemorySegment panels = allocator.allocate(bytes(rows, columns), 64);
        MemorySegment scales = allocator.allocate((long) paddedRows(rows) * Float.BYTES, 64);
        return new ChannelPanels(panels, scales, rows, columns);
    }

    /** Packs on all cores; the allocator's memory must be open to other threads. */
    public static ChannelPanels pack(ChannelRows source, SegmentAllocator allocator) {
        ChannelPanels packed = allocate(source.rows(), source.columns(), allocator);
        packed.fill(source);
        return packed;
    }

    /** Writes every panel; {@code source} has this matrix's shape. */
    public void fill(ChannelRows source) {
        if (source.rows() != rows || source.columns() != columns) {
            throw new IllegalArgumentException(
                    "rows of [%d, %d], must be of [%d, %d]".formatted(source.rows(), source.columns(), rows, columns));
        }
        IntStream.range(0, panelCount()).parallel().forEach(panel -> fill(source, panel));
    }

    private void fill(ChannelRows source, int panel) {
        byte[] bytes = new byte[(int) panelBytes()];
        byte[] codes = new byte[columns];
        Arrays.fill(bytes, (byte) ZERO);
        for (int lane = 0; lane < PANEL_ROWS && panel * PANEL_ROWS + lane < rows; lane++) {
            int row = panel * PANEL_ROWS + lane;
            FloatType.F32.store(scales, row, source.read(row, codes));
            for (int k = 0; k < columns; k++) {
                bytes[(k / 4 * PANEL_ROWS + lane) * 4 + k % 4] = codes[k];
            }
        }
        MemorySegment.copy(bytes, 0, panels, ValueLayout.JAVA_BYTE, panel * panelBytes(), bytes.length);
    }

    /** Bytes of one panel: 16 rows over all of k. */
    public long panelBytes() {
        return (long) PANEL_ROWS * Math.ceilDiv(columns, 4) * 4;
    }

    public float scale(int row) {
        return FloatType.F32.load(scales, row);
    }

    /** The multiple of the scale that is stored at {@code row} and {@code column}. */
    public int value(int row, int column) {
        long index = row / PANEL_ROWS * panelBytes() + (column / 4 * PANEL_ROWS + row % PANEL_ROWS) * 4 + column % 4;
        return Byte.toUnsignedInt(panels.get(ValueLayout.JAVA_BYTE, index)) - ZERO;
    }

    @Override
    public String encoding() {
        return "8-bit per channel";
    }

    @Override
    public long bytes() {
        return panels.byteSize() + scales.byteSize();
    }

    @Override
    public float at(int row, int column) {
        return scale(row) * value(row, column);
    }
}
