package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

    /** Widens one row; {@code out}: [columns]. */
    public void read(int row, float[] out) {
        long start = (long) row * columns * type.bytes();
        if (type == FloatType.F32) {
            MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED, start, out, 0, columns);
            return;
        }
        short[] halves = new short[columns];
        MemorySegment.copy(data, ValueLayout.JAVA_SHORT_UNALIGNED, start, halves, 0, columns);
        for (int k = 0; k < columns; k++) {
            out[k] = type == FloatType.F16 ? Float.float16ToFloat(halves[k]) : Float.intBitsToFloat(halves[k] << 16);
        }
    }

    public float at(int row, int column) {
        return type.load(data, (long) row * columns + column);
    }
}
