package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * Weights of one {@link E4m3} byte each, {@code weight = scale * value}, with one scale per output row and block of inputs; activations are
 * not quantized. A product sums each block like unquantized BF16 weights, in fp32, and adds up {@code sum * scale} over ascending blocks.
 *
 * @param panels E4M3 [panel][k/4][16 rows][4 k], the four k of a row in the order 0, 2, 1, 3, so that even bytes and odd bytes each widen to
 *     a pair step of {@link DensePanels}; k is rounded up to 4; padding is 0
 * @param scales fp32 [panel][k/block, rounded up][16 rows]; 0 past n
 * @param block inputs that share a scale: a multiple of {@link #BLOCK_UNIT}, or all columns
 */
public record Fp8Panels(MemorySegment panels, MemorySegment scales, int rows, int columns, int block)
        implements WeightMatrix {
    /** Inputs that the widest kernels sum in one instruction, which thus must not straddle blocks. */
    public static final int BLOCK_UNIT = 32;

    private static final int QUAD = 4;

    public Fp8Panels {
        Bounds.positive("rows", rows);
        Bounds.positive("columns", columns);
        if (!fits(block, columns)) {
            throw new IllegalArgumentException(
                    "block=%d, must be a positive multiple of %d below the %d columns, or those"
                            .formatted(block, BLOCK_UNIT, columns));
        }
        Bounds.bytes("panels", panels, bytes(rows, columns));
        Bounds.floats("scales", scales, scaleCount(rows, columns, block));
    }

    /** Whether rows of {@code columns} inputs can be kept in blocks of {@code block}. */
    public static boolean fits(int block, int columns) {
        return block == columns || block > 0 && block < columns && block % BLOCK_UNIT == 0;
    }

    /** Bytes of the codes of a packed [rows, columns] matrix, padding included. */
    public static long bytes(int rows, int columns) {
        return Math.ceilDiv(rows, PANEL_ROWS) * panelBytes(columns);
    }

    /** Bytes of codes and scales. */
    public static long bytes(int rows, int columns, int block) {
        return bytes(rows, columns) + scaleCount(rows, columns, block) * Float.BYTES;
    }

    private static long panelBytes(int columns) {
        return (long) Math.ceilDiv(columns, QUAD) * QUAD * PANEL_ROWS;
    }

    private static long scaleCount(int rows, int columns, int block) {
        return (long) Math.ceilDiv(rows, PANEL_ROWS) * PANEL_ROWS * Math.ceilDiv(columns, block);
    }

    /** A matrix of this shape that is all zeros, to be filled by a packer. */
    public static Fp8Panels allocate(int rows, int columns, int block, SegmentAllocator allocator) {
        MemorySegment panels = allocator.allocate(bytes(rows, columns), 64);
        MemorySegment scales = allocator.allocate(scaleCount(rows, columns, block) * Float.BYTES, 64);
        return new Fp8Panels(panels, scales, rows, columns, block);
    }

    /** Packs on all cores; the allocator's memory must be open to other threads. */
    public static Fp8Panels pack(E4m3Rows source, SegmentAllocator allocator) {
        Fp8Panels packed = allocate(source.rows(), source.columns(), source.block(), allocator);
        IntStream.range(0, packed.panelCount()).parallel().forEach(panel -> packed.fill(source, panel));
        return packed;
    }

    private void fill(E4m3Rows source, int panel) {
        byte[] bytes = new byte[Math.toIntExact(panelBytes(columns))];
        byte[] codes = new byte[columns];
        float[] rowScales = new float[blocks()];
        for (int lane = 0; lane < PANEL_ROWS && panel * PANEL_ROWS + lane < rows; lane++) {
            int row = panel * PANEL_ROWS + lane;
            source.read(row, codes, rowScales);
            for (int k = 0; k < columns; k++) {
                bytes[place(lane, k)] = codes[k];
            }
            for (int b = 0; b < rowScales.length; b++) {
                FloatType.F32.store(scales, scaleIndex(row, b), rowScales[b]);
            }
        }
        MemorySegment.copy(bytes, 0, panels, ValueLayout.JAVA_BYTE, panel * panelBytes(columns), bytes.length);
    }

    /** Where in its panel a code is. */
    private static int place(int lane, int column) {
        return (column / QUAD * PANEL_ROWS + lane) * QUAD + column % 2 * 2 + column / 2 % 2;
    }

    private long scaleIndex(int row, int block) {
        return ((long) (row / PANEL_ROWS) * blocks() + block) * PANEL_ROWS + row % PANEL_ROWS;
    }

    /** Blocks of a row. */
    public int blocks() {
        return Math.ceilDiv(columns, block);
    }

    public float scale(int row, int block) {
        return FloatType.F32.load(scales, scaleIndex(row, block));
    }

    /** The byte that is stored at {@code row} and {@code column}. */
    public byte code(int row, int column) {
        return panels.get(
                ValueLayout.JAVA_BYTE, row / PANEL_ROWS * panelBytes(columns) + place(row % PANEL_ROWS, column));
    }

    /** The multiple of the scale at {@code row} and {@code column}. */
    public float value(int row, int column) {
        return E4m3.value(code(row, column));
    }

    @Override
    public String encoding() {
        return block == columns ? "FP8 per channel" : "FP8 g" + block;
    }

    @Override
    public long bytes() {
        return panels.byteSize() + scales.byteSize();
    }

    @Override
    public float at(int row, int column) {
        return scale(row, column / block) * value(row, column);
    }
}
