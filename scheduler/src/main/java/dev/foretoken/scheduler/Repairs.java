package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.scheduler.blocks.CachePools;

/**
 * Replaces predicted K and V by exact ones. They are computed into a shadow in slack; when what the shadow lacks fits into one ordinary row,
 * or when a request says that it is time, the shadow becomes the sequence's table, and the sequence goes on from what it holds as one that was
 * preempted does. So a repair that is due needs no memory beside the predicted K and V, and always comes about.
 */
final class Repairs {

    private final SchedulerState state;
    private final PrefixLookup prefixes;

    Repairs(SchedulerState state, PrefixLookup prefixes) {
        this.state = state;
        this.prefixes = prefixes;
    }

    /** A shadow that begins with what is known of the sequence's tokens. */
    Shadow open(Sequence sequence) {
        Shadow shadow = new Shadow(state.pools);
        shadow.startAt(prefixes.takeInto(sequence, shadow.caches));
        return shadow;
    }

    /** {@code sequence}, none of whose rows is in flight, goes on with exact K and V. */
    void swap(Sequence sequence, Prediction prediction) {
        Shadow shadow = prediction.shadow == null ? open(sequence) : prediction.shadow;
        int known = sequence.computed;
        sequence.caches.replace(CachePools.BASE, shadow.caches);
        sequence.restartAt(shadow.computed);
        sequence.registeredBlocks = 0;
        prediction.repaired(sequence.generated(), known);
        state.predictions--;
        state.observer.repaired(sequence.generated());
        sequence.group.sink().accept(new EngineEvent.Repaired(sequence.choice, sequence.length()));
    }

    static boolean repairs(StepPlan plan, int row) {
        return plan.get(Column.KIND, row) == RowKind.REPAIR.ordinal();
    }

    /** A row of a sequence that has not ended came back. */
    void commit(Sequence sequence, StepPlan plan, int row) {
        Prediction prediction = sequence.prediction;
        Shadow shadow = prediction == null ? null : prediction.shadow;
        if (prediction == null || shadow == null) {
            throw new IllegalStateException(sequence + " has a row that repairs, and nothing to repair");
        }
        int count = plan.get(Column.TOKEN_COUNT, row);
        shadow.rowsInFlight--;
        shadow.computed = plan.get(Column.FIRST_POSITION, row) + count;
        shadow.caches.releaseBehindWindows(CachePools.BASE, shadow.computed);
        state.observer.repairComputed(count);
        dropWhenSpoilt(prediction, shadow);
    }

    /** A row did not happen: the answer goes on, and its repair starts again. */
    void fail(Sequence sequence) {
        Prediction prediction = sequence.prediction;
        Shadow shadow = prediction == null ? null : prediction.shadow;
        if (prediction != null && shadow != null) {
            shadow.rowsInFlight--;
            shadow.spoilt = true;
            dropWhenSpoilt(prediction, shadow);
        }
    }

    private static void dropWhenSpoilt(Prediction prediction, Shadow shadow) {
        if (shadow.spoilt && shadow.rowsInFlight == 0) {
            drop(prediction, shadow);
        }
    }

    /** Gives back what none of the rows in flight touches. */
    static void drop(Prediction prediction, Shadow shadow) {
        shadow.caches.releaseAll();
        prediction.shadow = null;
        prediction.settling = false;
    }
}
