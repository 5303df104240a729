package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One step from plan to commit: the commands to apply first, then the plan. Reused; closing frees the plan's memory. */
public final class PlannedStep implements AutoCloseable {

    private final StepPlan plan;
    private final List<CacheCommand> commands = new ArrayList<>();
    /** Checkpoint of what each row leaves, or {@link CheckpointPool#NONE}. */
    private final int[] saved;

    private boolean inFlight;

    PlannedStep(StepCapacity capacity) {
        this.plan = new StepPlan(capacity);
        this.saved = new int[capacity.rows()];
        Arrays.fill(saved, CheckpointPool.NONE);
    }

    public StepPlan plan() {
        return plan;
    }

    /** In the order in which they must be applied, before the step is begun. */
    public List<CacheCommand> commands() {
        return commands;
    }

    void open(List<CacheCommand> pending) {
        if (inFlight) {
            throw new IllegalStateException("step is planned again before its result is committed");
        }
        inFlight = true;
        plan.clear();
        Arrays.fill(saved, CheckpointPool.NONE);
        commands.clear();
        commands.addAll(pending);
        pending.clear();
    }

    void closeFlight() {
        if (!inFlight) {
            throw new IllegalStateException("step is committed twice");
        }
        inFlight = false;
    }

    void save(int row, int checkpoint) {
        saved[row] = checkpoint;
    }

    /** The checkpoint of what a row leaves, which from now on is the caller's; {@link CheckpointPool#NONE} when there is none. */
    int takeSaved(int row) {
        int checkpoint = saved[row];
        saved[row] = CheckpointPool.NONE;
        return checkpoint;
    }

    /** Checkpoints that wait for their rows. */
    int[] saved() {
        return saved;
    }

    Sequence sequence(int row) {
        return (Sequence) plan.sequence(row);
    }

    @Override
    public void close() {
        plan.close();
    }
}
