package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Which tokens of a step belong to which row, which slot holds each row's recurrent state, and how long its prompt is. A slot stands in one
 * row of a step at most. Segments are int32 in native order.
 *
 * <p>The form of a position's computation follows from position and prompt length alone: positions below the prompt's length are computed in
 * chunks at absolute multiples of the chunk (the prompt's last one may be shorter), positions from there on one by one.
 *
 * @param rows rows of the step
 * @param tokenOffsets [rows]: index of each row's first token
 * @param tokenCounts [rows]: tokens of each row, at least one
 * @param firstPositions [rows]: absolute position of each row's first token; the state in the slot is that behind all positions before it
 * @param promptTokens [rows]: prompt length of the row's sequence
 * @param slots entry 0 of each row's table is its slot
 */
public record StateBatch(
        int rows,
        MemorySegment tokenOffsets,
        MemorySegment tokenCounts,
        MemorySegment firstPositions,
        MemorySegment promptTokens,
        BlockTables slots) {
    public StateBatch {
        Bounds.positive("rows", rows);
        Bounds.ints("tokenOffsets", tokenOffsets, rows);
        Bounds.ints("tokenCounts", tokenCounts, rows);
        Bounds.ints("firstPositions", firstPositions, rows);
        Bounds.ints("promptTokens", promptTokens, rows);
        Bounds.ints("slot offsets", slots.offsets(), (rows - 1L) * slots.stride() + 1);
    }

    public int tokenOffset(int row) {
        return at(tokenOffsets, row);
    }

    public int tokenCount(int row) {
        return at(tokenCounts, row);
    }

    public int firstPosition(int row) {
        return at(firstPositions, row);
    }

    public int promptTokens(int row) {
        return at(promptTokens, row);
    }

    public int slot(int row) {
        return slots.block(row, 0);
    }

    /** One past the position of the row's last token. */
    public int endPosition(int row) {
        return firstPosition(row) + tokenCount(row);
    }

    /** Tokens of the row that belong to its prompt; they come first. */
    public int promptPart(int row) {
        return Math.clamp(promptTokens(row) - (long) firstPosition(row), 0, tokenCount(row));
    }

    /** One past the last token that any row owns. */
    public int endToken() {
        int end = 0;
        for (int row = 0; row < rows; row++) {
            end = Math.max(end, tokenOffset(row) + tokenCount(row));
        }
        return end;
    }

    private static int at(MemorySegment column, int row) {
        return column.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
    }
}
