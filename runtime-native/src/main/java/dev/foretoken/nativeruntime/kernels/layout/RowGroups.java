package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * Output rows in consecutive groups, each of which has matrices of its own; such as tokens sorted by expert. Filled again for every step:
 * {@link #clear}, {@link #open} for each group, {@link #set} for each row.
 */
public final class RowGroups {
    private final int[] members;
    private final int[] ends;
    private final MemorySegment sources;
    private final int maxRows;
    private int groups;
    private int rows;

    /** {@code maxGroups}, {@code maxRows}: the most that are ever filled in. */
    public RowGroups(int maxGroups, int maxRows, SegmentAllocator allocator) {
        this.members = new int[maxGroups];
        this.ends = new int[maxGroups];
        this.maxRows = maxRows;
        this.sources = allocator.allocate((long) maxRows * Integer.BYTES, 64);
    }

    public void clear() {
        groups = 0;
        rows = 0;
    }

    /** One more group of {@code count} rows whose matrices are number {@code member} of each {@link GroupedProduct}; returns its first row. */
    public int open(int member, int count) {
        if (count > maxRows - rows) {
            throw new IllegalStateException("no room for more than " + maxRows + " rows");
        }
        int first = rows;
        rows += count;
        members[groups] = member;
        ends[groups] = rows;
        groups++;
        return first;
    }

    /** Row {@code row} is made of row {@code source} of the input. */
    public void set(int row, int source) {
        sources.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * row, source);
    }

    public int groups() {
        return groups;
    }

    /** Of all groups. */
    public int rows() {
        return rows;
    }

    public int maxRows() {
        return maxRows;
    }

    public int member(int group) {
        return members[group];
    }

    /** The first row of a group. */
    public int first(int group) {
        return group == 0 ? 0 : ends[group - 1];
    }

    /** Rows of a group. */
    public int count(int group) {
        return ends[group] - first(group);
    }

    /** int32 [rows]: the row of the input that each is made of. */
    public MemorySegment sources() {
        return sources;
    }

    public int source(int row) {
        return sources.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
    }
}
