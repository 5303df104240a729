package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Which tokens of a step belong to which row, and where each row's KV lives. Segments are int32 [rows] in native order.
 *
 * @param rows rows of the step
 * @param tokenOffsets index of each row's first token
 * @param tokenCounts tokens of each row, at least one
 * @param firstPositions absolute position of each row's first token; the others follow without gaps
 */
public record RaggedBatch(
        int rows,
        MemorySegment tokenOffsets,
        MemorySegment tokenCounts,
        MemorySegment firstPositions,
        BlockTables tables) {
    public RaggedBatch {
        Bounds.positive("rows", rows);
        Bounds.ints("tokenOffsets", tokenOffsets, rows);
        Bounds.ints("tokenCounts", tokenCounts, rows);
        Bounds.ints("firstPositions", firstPositions, rows);
        Bounds.ints("table offsets", tables.offsets(), (rows - 1L) * tables.stride() + 1);
        Bounds.ints("table lengths", tables.lengths(), (rows - 1L) * tables.stride() + 1);
    }

    public int tokenOffset(int row) {
        return tokenOffsets.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
    }

    public int tokenCount(int row) {
        return tokenCounts.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
    }

    public int firstPosition(int row) {
        return firstPositions.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
    }

    /** One past the position of the row's last token. */
    public int endPosition(int row) {
        return firstPosition(row) + tokenCount(row);
    }

    /** One past the last token that any row owns. */
    public int endToken() {
        int end = 0;
        for (int row = 0; row < rows; row++) {
            end = Math.max(end, tokenOffset(row) + tokenCount(row));
        }
        return end;
    }
}
