package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * A row-major matrix as checkpoints store it.
 *
 * @param data {@code type} [rows, columns], any start address; usually a slice of a memory-mapped file
 */
public record RowTable(FloatType type, MemorySegment data, int rows, int columns) implements GatherSource {
    public RowTable {
        Bounds.positive("rows", rows);
        Bounds.positive("columns", columns);
        Bounds.elements("data", data, type, (long) rows * columns);
    }

    /** Rows {@code [first, first + count)} of this table; shares memory. */
    public RowTable slice(int first, int count) {
        if (first < 0 || count <= 0 || first > rows - count) {
            throw new IllegalArgumentException(
                    "rows [%d, %d) asked of a table of %d rows".formatted(first, (long) first + count, rows));
        }
        long rowBytes = (long) columns * type.bytes();
        return new RowTable(type, data.asSlice(first * rowBytes, count * rowBytes), count, columns);
    }

    public float at(int row, int column) {
        return type.load(data, (long) row * columns + column);
    }
}
