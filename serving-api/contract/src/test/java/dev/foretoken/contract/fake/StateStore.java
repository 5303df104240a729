package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.StepPlan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** One running hash per slot, and the position it has come to. */
final class StateStore implements KindStore {

    private static final int UNDEFINED = -1;

    private final int kind;
    private final int mostCheckpoints;
    private final long[] states;
    private final int[] nextPositions;
    private final Map<Integer, Checkpoint> checkpoints = new HashMap<>();

    private record Checkpoint(long state, int nextPosition) {}

    StateStore(int kind, int units, int mostCheckpoints) {
        this.mostCheckpoints = mostCheckpoints;
        this.kind = kind;
        this.states = new long[units];
        this.nextPositions = new int[units];
        Arrays.fill(nextPositions, UNDEFINED);
    }

    @Override
    public long before(StepPlan plan, int row, int position) {
        int slot = slot(plan, row);
        if (nextPositions[slot] != position) {
            throw new PlanViolation("row " + row + " continues state slot " + slot + " of kind " + kind
                    + " at position " + position + ", which has come to " + nextPositions[slot]
                    + " (-1: neither reset nor restored)");
        }
        return states[slot];
    }

    @Override
    public void write(StepPlan plan, int row, int position, long entry) {
        states[slot(plan, row)] = entry;
        nextPositions[slot(plan, row)] = position + 1;
    }

    @Override
    public long digest(StepPlan plan, int row, int position) {
        return states[slot(plan, row)];
    }

    @Override
    public void garble(StepPlan plan, int row) {
        nextPositions[slot(plan, row)] = UNDEFINED;
    }

    void reset(int slot) {
        states[slot] = 0;
        nextPositions[slot] = 0;
    }

    /** Numbers that name a checkpoint. */
    Set<Integer> checkpoints() {
        return Set.copyOf(checkpoints.keySet());
    }

    void save(int slot, int checkpoint) {
        if (checkpoint < 0 || checkpoint >= mostCheckpoints) {
            throw new PlanViolation(
                    "checkpoint " + checkpoint + " of kind " + kind + ", but " + mostCheckpoints + " are reserved");
        }
        if (checkpoints.containsKey(checkpoint)) {
            throw new PlanViolation(
                    "checkpoint " + checkpoint + " of kind " + kind + " is kept already; drop it first");
        }
        checkpoints.put(checkpoint, new Checkpoint(states[slot], nextPositions[slot]));
    }

    void restore(int checkpoint, int slot) {
        Checkpoint saved = checkpoints.get(checkpoint);
        if (saved == null) {
            throw new PlanViolation("no checkpoint " + checkpoint + " of kind " + kind);
        }
        states[slot] = saved.state();
        nextPositions[slot] = saved.nextPosition();
    }

    void drop(int checkpoint) {
        checkpoints.remove(checkpoint);
    }

    private int slot(StepPlan plan, int row) {
        return plan.unit(row, kind, 0);
    }
}
