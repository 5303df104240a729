package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import java.util.ArrayList;
import java.util.List;

/** One step from plan to commit: the commands to apply first, then the plan. Reused; closing frees the plan's memory. */
public final class PlannedStep implements AutoCloseable {

    private final StepPlan plan;
    private final List<CacheCommand> commands = new ArrayList<>();
    private boolean inFlight;

    PlannedStep(StepCapacity capacity) {
        this.plan = new StepPlan(capacity);
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

    Sequence sequence(int row) {
        return (Sequence) plan.sequence(row);
    }

    @Override
    public void close() {
        plan.close();
    }
}
