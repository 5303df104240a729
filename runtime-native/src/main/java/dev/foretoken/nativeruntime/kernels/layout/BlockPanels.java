package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * Weights quantized in blocks along k. A panel is contiguous; of each of its blocks, in ascending k and without padding, come {@code
 * scale[16 rows]}, {@code minimum[16 rows]} if the format has it, and the codes: 8 bits [block/4][16 rows][4 k]; 4 bits [block/8][16 rows][4],
 * whose low nibbles are k = 8j + i and whose high nibbles are k = 8j + 4 + i.
 *
 * @param panels 64-byte aligned when made by a packer; rows past n have the scale 0
 * @param columns a multiple of the format's block
 */
public record BlockPanels(BlockFormat format, MemorySegment panels, int rows, int columns) implements WeightMatrix {
    public BlockPanels {
        Bounds.positive("rows", rows);
        Bounds.positive("columns", columns);
        requireWholeBlocks(format, columns);
        Bounds.bytes("panels", panels, bytes(format, rows, columns));
    }

    static void requireWholeBlocks(BlockFormat format, int columns) {
        if (!format.fits(columns)) {
            throw new IllegalArgumentException(
                    "columns=%d, must be a multiple of the block of %d".formatted(columns, format.block()));
        }
    }

    /** Bytes that a packed [rows, columns] matrix takes, padding included. */
    public static long bytes(BlockFormat format, int rows, int columns) {
        return Math.ceilDiv(rows, PANEL_ROWS) * panelBytes(format, columns);
    }

    private static long panelBytes(BlockFormat format, int columns) {
        return (long) (columns / format.block()) * format.blockBytes();
    }

    /** Bytes of one panel: 16 rows over all of k. */
    public long panelBytes() {
        return panelBytes(format, columns);
    }

    public int blocks() {
        return columns / format.block();
    }

    /** A matrix of this shape whose scales are zero, to be filled by a packer. */
    public static BlockPanels allocate(BlockFormat format, int rows, int columns, SegmentAllocator allocator) {
        return new BlockPanels(format, allocator.allocate(bytes(format, rows, columns), 64), rows, columns);
    }

    /** Packs on all cores; the allocator's memory must be open to other threads. */
    public static BlockPanels pack(CodedRows source, SegmentAllocator allocator) {
        BlockPanels packed = allocate(source.format(), source.rows(), source.columns(), allocator);
        packed.fill(source);
        return packed;
    }

    /** Writes every panel; {@code source} has this matrix's shape and format. */
    public void fill(CodedRows source) {
        if (source.rows() != rows
                || source.columns() != columns
                || !source.format().equals(format)) {
            throw new IllegalArgumentException("rows of %s [%d, %d], must be of %s [%d, %d]"
                    .formatted(source.format(), source.rows(), source.columns(), format, rows, columns));
        }
        IntStream.range(0, panelCount()).parallel().forEach(panel -> fill(source, panel));
    }

    private void fill(CodedRows source, int panel) {
        PanelBuffer buffer = new PanelBuffer(format, blocks());
        for (int lane = 0; lane < PANEL_ROWS; lane++) {
            int row = panel * PANEL_ROWS + lane;
            if (row < rows) {
                buffer.put(lane, source, row);
            } else {
                buffer.pad(lane);
            }
        }
        byte[] bytes = buffer.bytes();
        MemorySegment.copy(bytes, 0, panels, ValueLayout.JAVA_BYTE, panel * panelBytes(), bytes.length);
    }

    /** The scale of {@code block} of {@code row}. */
    public float scale(int row, int block) {
        return format.scaleType().load(panels, head(row, block));
    }

    /** The minimum of {@code block} of {@code row}; 0 if the format has none. */
    public float minimum(int row, int block) {
        return format.minimum() ? format.scaleType().load(panels, head(row, block) + PANEL_ROWS) : 0;
    }

    /** The multiple of the scale that is stored at {@code row} and {@code column}. */
    public int value(int row, int column) {
        return format.value(code(row, column));
    }

    @Override
    public String encoding() {
        return format.label();
    }

    /** With a minimum the product is rounded, then the sum: not fused. */
    @Override
    public float at(int row, int column) {
        int block = column / format.block();
        float scaled = scale(row, block) * value(row, column);
        return format.minimum() ? scaled + minimum(row, block) : scaled;
    }

    private int code(int row, int column) {
        int k = column % format.block();
        long codes = start(row, column / format.block()) + format.headBytes();
        int lane = row % PANEL_ROWS;
        if (format.bits() == 8) {
            return Byte.toUnsignedInt(
                    panels.get(ValueLayout.JAVA_BYTE, codes + (k / 4 * PANEL_ROWS + lane) * 4 + k % 4));
        }
        int pair = panels.get(ValueLayout.JAVA_BYTE, codes + (k / 8 * PANEL_ROWS + lane) * 4 + k % 4);
        return k % 8 < 4 ? pair & 15 : pair >>> 4 & 15;
    }

    private long start(int row, int block) {
        return row / PANEL_ROWS * panelBytes() + (long) block * format.blockBytes();
    }

    /** Index of a row's scale, in elements of the scale type. */
    private long head(int row, int block) {
        return start(row, block) / format.scaleType().bytes() + row % PANEL_ROWS;
    }
}
