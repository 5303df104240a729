package dev.foretoken.scheduler.blocks;

import dev.foretoken.contract.runtime.StepPlan;
import java.util.Arrays;

/** The units one sequence holds of one kind: a block table, or one slot. Entries before {@link #first} are released. */
public final class UnitTable {

    private int[] units = new int[4];
    private int length;
    private int first;

    public int length() {
        return length;
    }

    /** Index of the first entry that may hold a unit. */
    public int first() {
        return first;
    }

    public int get(int index) {
        return units[index];
    }

    /** Units held. */
    public int held() {
        return length - first;
    }

    void set(int index, int unit) {
        units[index] = unit;
    }

    void append(int unit) {
        if (length == units.length) {
            units = Arrays.copyOf(units, 2 * length);
        }
        units[length++] = unit;
    }

    /** Appends released entries until the table has {@code entries} of them. Nothing may be held yet. */
    void skipTo(int entries) {
        while (length < entries) {
            append(StepPlan.NO_UNIT);
        }
        first = Math.max(first, Math.min(entries, length));
    }

    void releaseBefore(int index, BlockPool pool) {
        for (; first < Math.min(index, length); first++) {
            pool.release(units[first]);
            units[first] = StepPlan.NO_UNIT;
        }
    }

    /** Gives back the entries from {@code entries} on. */
    void truncate(int entries, BlockPool pool) {
        while (length > Math.max(entries, first)) {
            pool.release(units[--length]);
        }
    }

    /** Last entry first, so that the deepest blocks of a prefix are the first to be evicted. */
    void releaseAll(BlockPool pool) {
        for (int i = length - 1; i >= first; i--) {
            pool.release(units[i]);
        }
        length = 0;
        first = 0;
    }
}
