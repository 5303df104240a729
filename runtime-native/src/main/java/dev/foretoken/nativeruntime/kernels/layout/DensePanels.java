package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Unquantized weights. F32 and F16: [panel][k][16 rows]; BF16: [panel][k/2][16 rows][2], k rounded up to even, which is one 512-bit
 * register per k-step of the bf16 dot instruction.
 */
public record DensePanels(FloatType type, MemorySegment panels, int rows, int columns) implements WeightMatrix {
    public DensePanels {
        Bounds.positive("rows", rows);
        Bounds.positive("columns", columns);
        Bounds.elements("panels", panels, type, elements(type, rows, columns));
    }

    /** Elements that a packed [rows, columns] matrix takes, padding included. */
    public static long elements(FloatType type, int rows, int columns) {
        return (long) Math.ceilDiv(rows, PANEL_ROWS) * PANEL_ROWS * steps(type, columns) * type.interleave();
    }

    /** k-steps of one panel: groups of {@code interleave} columns. */
    static long steps(FloatType type, int columns) {
        return Math.ceilDiv(columns, type.interleave());
    }

    /** An all-zero matrix of this shape, to be filled by a packer. */
    public static DensePanels allocate(FloatType type, int rows, int columns, SegmentAllocator allocator) {
        return new DensePanels(type, allocator.allocate(bytes(type, rows, columns), 64), rows, columns);
    }

    /** Bytes that a packed [rows, columns] matrix takes, padding included. */
    public static long bytes(FloatType type, int rows, int columns) {
        return elements(type, rows, columns) * type.bytes();
    }

    /** Packs {@code source}, converting to {@code type}: narrowing rounds to nearest even. */
    public static DensePanels pack(RowTable source, FloatType type, SegmentAllocator allocator) {
        DensePanels packed = allocate(type, source.rows(), source.columns(), allocator);
        for (int row = 0; row < source.rows(); row++) {
            for (int column = 0; column < source.columns(); column++) {
                type.store(packed.panels, packed.index(row, column), source.at(row, column));
            }
        }
        return packed;
    }

    private long index(int row, int column) {
        int pair = type.interleave();
        long step = (row / PANEL_ROWS) * steps(type, columns) + column / pair;
        return (step * PANEL_ROWS + row % PANEL_ROWS) * pair + column % pair;
    }

    @Override
    public String encoding() {
        return type.name();
    }

    @Override
    public float at(int row, int column) {
        return type.load(panels, index(row, column));
    }
}
