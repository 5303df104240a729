package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.StepPlan;
import java.util.Arrays;

/** One contiguous buffer of entries per slot, appended to at its end. */
final class SlotStore implements KindStore {

    private static final int NEVER_RESET = -1;

    private final int kind;
    private final int capacityTokens;
    private final long[][] entries;
    private final int[] lengths;

    SlotStore(int kind, int units, int capacityTokens) {
        this.kind = kind;
        this.capacityTokens = capacityTokens;
        this.entries = new long[units][0];
        this.lengths = new int[units];
        Arrays.fill(lengths, NEVER_RESET);
    }

    @Override
    public long before(StepPlan plan, int row, int position) {
        int slot = slot(plan, row);
        if (lengths[slot] == NEVER_RESET || position > lengths[slot]) {
            throw new PlanViolation("row " + row + " continues slot " + slot + " of kind " + kind + " at position "
                    + position + ", which holds " + lengths[slot] + " tokens (-1: neither reset nor valid)");
        }
        return position == 0 ? 0 : entries[slot][position - 1];
    }

    @Override
    public void write(StepPlan plan, int row, int position, long entry) {
        int slot = slot(plan, row);
        if (position >= capacityTokens) {
            throw new PlanViolation("position " + position + " is behind slot capacity " + capacityTokens);
        }
        if (position >= entries[slot].length) {
            entries[slot] = Arrays.copyOf(entries[slot], Math.min(capacityTokens, 2 * position + 16));
        }
        entries[slot][position] = entry;
        lengths[slot] = position + 1;
    }

    @Override
    public long digest(StepPlan plan, int row, int position) {
        long digest = 0;
        for (int p = 0; p <= position; p++) {
            digest = FakeArithmetic.mix(digest, entries[slot(plan, row)][p]);
        }
        return digest;
    }

    @Override
    public void garble(StepPlan plan, int row) {
        lengths[slot(plan, row)] = NEVER_RESET;
    }

    void reset(int slot) {
        lengths[slot] = 0;
    }

    int length(int slot) {
        return lengths[slot];
    }

    private int slot(StepPlan plan, int row) {
        return plan.unit(row, kind, 0);
    }
}
