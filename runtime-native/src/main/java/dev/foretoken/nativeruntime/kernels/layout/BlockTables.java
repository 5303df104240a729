package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Each row's KV blocks of one cache kind; all int32 in native order. The columns may be interleaved with those of other kinds.
 *
 * @param units all tables: entry i of a row's table is the block of its positions {@code [i * blockTokens, (i + 1) * blockTokens)}, -1
 *     where released
 * @param offsets element {@code row * stride}: where the row's table starts in units
 * @param lengths element {@code row * stride}: entries of the row's table
 */
public record BlockTables(MemorySegment units, MemorySegment offsets, MemorySegment lengths, int stride) {
    public BlockTables {
        Bounds.positive("stride", stride);
    }

    public int offset(int row) {
        return offsets.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row * stride);
    }

    public int length(int row) {
        return lengths.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row * stride);
    }

    public int block(int row, int index) {
        return units.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * (offset(row) + (long) index));
    }
}
