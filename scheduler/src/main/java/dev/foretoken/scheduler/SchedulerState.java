package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.prefix.CheckpointIndex;
import dev.foretoken.scheduler.prefix.PrefixHistory;
import dev.foretoken.scheduler.prefix.PrefixIndex;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the scheduler's parts work on together. */
final class SchedulerState {

    final CachePools pools;
    /** Null when blocks are not found again. */
    final @Nullable PrefixIndex prefixes;

    /** Null when states are not found again, or the model has none. */
    final @Nullable CheckpointIndex states;

    final PrefixHistory history = new PrefixHistory();
    final StepLimits limits;
    /** The part that prompts are predicted from, or {@link CachePools#NO_PART}. */
    final int auxiliaryPart;

    final SchedulerObserver observer;
    final RunningSet running = new RunningSet();
    final Promptness promptness = new Promptness();
    final WaitingQueue waiting = new WaitingQueue(promptness);
    final List<SequenceGroup> groups = new ArrayList<>();
    /** Commands that the next step must apply first. */
    final List<CacheCommand> commands = new ArrayList<>();

    /** When the step that is being planned was asked for. */
    long now;

    long nextStep;
    int stepsInFlight;
    int parked;
    /** Sequences that have not ended and read, or will read, predicted K and V. */
    int predictions;
    /** Ended sequences whose last rows are still in flight. */
    int lingering;
    /** Somebody has to be preempted, but a step in flight touches every candidate: no new step until it is done. */
    boolean settleFirst;

    /** {@code cached}: whether what was computed is found again where that is possible. */
    SchedulerState(CachePools pools, boolean cached, StepLimits limits, SchedulerObserver observer) {
        this.pools = pools;
        boolean found = cached && limits.sharing() && pools.sharable();
        this.prefixes = found ? new PrefixIndex(pools, history) : null;
        this.states = found && pools.hasState() ? new CheckpointIndex(pools.checkpoints(), history) : null;
        this.limits = limits;
        this.auxiliaryPart = limits.predicts() ? pools.auxiliaryPart() : CachePools.NO_PART;
        this.observer = observer;
    }

    /** Whether sequences may go on from what others computed. */
    boolean prefixesSharable() {
        return limits.sharing() && pools.sharable();
    }
}
