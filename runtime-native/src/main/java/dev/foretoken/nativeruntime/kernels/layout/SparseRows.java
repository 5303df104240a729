package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * A sparse matrix [rows, width] with the same number of non-zeros in every row, 16 rows side by side like {@link WeightMatrix}.
 *
 * @param values fp32 [panel][terms][16 rows]; 0 past the last row
 * @param places int32 [panel][terms][16 rows], each in [0, width); 0 past the last row
 * @param width elements of the vectors that it is multiplied with
 */
public record SparseRows(MemorySegment values, MemorySegment places, int rows, int terms, int width) {

    private static final int LANES = WeightMatrix.PANEL_ROWS;

    public SparseRows {
        Bounds.positive("rows", rows);
        Bounds.positive("terms", terms);
        Bounds.positive("width", width);
        Bounds.floats("values", values, elements(rows, terms));
        Bounds.ints("places", places, elements(rows, terms));
    }

    private static long elements(int rows, int terms) {
        return (long) Math.ceilDiv(rows, LANES) * LANES * terms;
    }

    /**
     * Packs.
     *
     * @param values [rows, terms]
     * @param places int32 [rows, terms]
     */
    public static SparseRows pack(RowTable values, MemorySegment places, int width, SegmentAllocator allocator) {
        int rows = values.rows();
        int terms = values.columns();
        long bytes = elements(rows, terms) * Float.BYTES;
        SparseRows packed = new SparseRows(
                allocator.allocate(bytes, 64).fill((byte) 0),
                allocator.allocate(bytes, 64).fill((byte) 0),
                rows,
                terms,
                width);
        for (int row = 0; row < rows; row++) {
            for (int term = 0; term < terms; term++) {
                int place = places.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * ((long) row * terms + term));
                if (place < 0 || place >= width) {
                    throw new IllegalArgumentException(
                            "place %d of row %d is %d, must be in [0, %d)".formatted(term, row, place, width));
                }
                long at = packed.index(row, term);
                packed.values.setAtIndex(ValueLayout.JAVA_FLOAT, at, values.at(row, term));
                packed.places.setAtIndex(ValueLayout.JAVA_INT, at, place);
            }
        }
        return packed;
    }

    private long index(int row, int term) {
        return ((long) (row / LANES) * terms + term) * LANES + row % LANES;
    }

    public float value(int row, int term) {
        return values.getAtIndex(ValueLayout.JAVA_FLOAT, index(row, term));
    }

    public int place(int row, int term) {
        return places.getAtIndex(ValueLayout.JAVA_INT, index(row, term));
    }

    /** The first rows; shares memory. */
    public SparseRows first(int count) {
        return new SparseRows(values, places, count, terms, width);
    }

    /** Memory of packed [rows, terms]. */
    public static long bytes(int rows, int terms) {
        return elements(rows, terms) * (Float.BYTES + Integer.BYTES);
    }

    /** Memory held. */
    public long bytes() {
        return values.byteSize() + places.byteSize();
    }
}
