package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.StepPlan;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Blocks of entries, each remembering which position wrote it. */
final class PagedStore implements KindStore {

    private static final int NEVER_WRITTEN = -1;
    private static final int ENTRY_BYTES = Long.BYTES + Integer.BYTES;

    private final int kind;
    private final int blockTokens;
    private final int windowTokens;
    private final long[][] entries;
    private final int[][] positions;

    PagedStore(int kind, int units, int blockTokens, int windowTokens) {
        this.kind = kind;
        this.blockTokens = blockTokens;
        this.windowTokens = windowTokens;
        this.entries = new long[units][blockTokens];
        this.positions = new int[units][blockTokens];
        for (int[] block : positions) {
            Arrays.fill(block, NEVER_WRITTEN);
        }
    }

    int firstRead(int position) {
        return Math.max(0, position - windowTokens + 1);
    }

    @Override
    public long before(StepPlan plan, int row, int position) {
        return position == 0 || windowTokens == 1 ? 0 : read(plan, row, position - 1);
    }

    @Override
    public void write(StepPlan plan, int row, int position, long entry) {
        write(plan, row, kind, position, entry);
    }

    /** {@code table}: which of the row's tables names the blocks. */
    void write(StepPlan plan, int row, int table, int position, long entry) {
        int unit = unit(plan, row, table, position);
        entries[unit][position % blockTokens] = entry;
        positions[unit][position % blockTokens] = position;
    }

    @Override
    public long digest(StepPlan plan, int row, int position) {
        long digest = 0;
        for (int p = firstRead(position); p <= position; p++) {
            digest = FakeArithmetic.mix(digest, read(plan, row, p));
        }
        return digest;
    }

    @Override
    public void garble(StepPlan plan, int row) {
        garble(plan, row, kind);
    }

    void garble(StepPlan plan, int row, int table) {
        int first = plan.get(StepPlan.Column.FIRST_POSITION, row);
        for (int i = 0; i < plan.get(StepPlan.Column.TOKEN_COUNT, row); i++) {
            positions[unit(plan, row, table, first + i)][(first + i) % blockTokens] = NEVER_WRITTEN;
        }
    }

    void copy(int from, int to) {
        System.arraycopy(entries[from], 0, entries[to], 0, blockTokens);
        System.arraycopy(positions[from], 0, positions[to], 0, blockTokens);
    }

    /** Layout of one block: int64 [blockTokens] entries, then int32 [blockTokens] positions. */
    void exportTo(int unit, MemorySegment target, long unitBytes) {
        requireRoom(unitBytes);
        MemorySegment.copy(entries[unit], 0, target, ValueLayout.JAVA_LONG_UNALIGNED, 0, blockTokens);
        long behind = (long) blockTokens * Long.BYTES;
        MemorySegment.copy(positions[unit], 0, target, ValueLayout.JAVA_INT_UNALIGNED, behind, blockTokens);
    }

    void importFrom(int unit, MemorySegment source, long unitBytes) {
        requireRoom(unitBytes);
        MemorySegment.copy(source, ValueLayout.JAVA_LONG_UNALIGNED, 0, entries[unit], 0, blockTokens);
        long behind = (long) blockTokens * Long.BYTES;
        MemorySegment.copy(source, ValueLayout.JAVA_INT_UNALIGNED, behind, positions[unit], 0, blockTokens);
    }

    private void requireRoom(long unitBytes) {
        if (unitBytes < (long) blockTokens * ENTRY_BYTES) {
            throw new PlanViolation("a fake block needs " + ENTRY_BYTES + " bytes per token to travel");
        }
    }

    private long read(StepPlan plan, int row, int position) {
        int unit = unit(plan, row, kind, position);
        int found = positions[unit][position % blockTokens];
        if (found != position) {
            throw new PlanViolation("row " + row + " of sequence "
                    + plan.sequence(row).sequenceId() + " reads position " + position + " of kind " + kind
                    + " in block " + unit + ", which holds " + (found < 0 ? "nothing" : "position " + found));
        }
        return entries[unit][position % blockTokens];
    }

    private int unit(StepPlan plan, int row, int table, int position) {
        int index = position / blockTokens;
        int length = plan.tableLength(row, table);
        int unit = index < length ? plan.unit(row, table, index) : StepPlan.NO_UNIT;
        if (unit < 0 || unit >= entries.length) {
            throw new PlanViolation("row " + row + " has no block of kind " + kind + " for position " + position
                    + ": table entry " + index + " of " + length + " is " + unit);
        }
        return unit;
    }
}
