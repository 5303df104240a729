package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.scheduler.blocks.KindPool;

/**
 * Takes recurrent states back over rejected proposals: a copy is kept from before the row; a rejection restores it and the accepted tokens are
 * computed again. A checkpoint has its slot's number: a sequence has one row in flight when it verifies.
 */
final class StateCheckpoints {

    private final SchedulerState state;

    StateCheckpoints(SchedulerState state) {
        this.state = state;
    }

    /** Whether a state cannot go back by itself. */
    boolean needed() {
        for (int i = 0; i < state.pools.basePools(); i++) {
            if (isState(state.pools.get(i))) {
                return true;
            }
        }
        return false;
    }

    void save(Sequence sequence) {
        for (int i = 0; i < state.pools.basePools(); i++) {
            KindPool kind = state.pools.get(i);
            if (isState(kind)) {
                int slot = sequence.caches.table(i).get(0);
                state.commands.add(new CacheCommand.SaveState(kind.part(), kind.kind(), slot, slot));
            }
        }
    }

    /** Undoes what a row that verified did to the states. */
    void restore(StepPlan plan, int row) {
        for (int i = 0; i < state.pools.basePools(); i++) {
            KindPool kind = state.pools.get(i);
            if (isState(kind)) {
                int slot = plan.unit(row, kind.kind(), 0);
                state.commands.add(new CacheCommand.RestoreState(kind.part(), kind.kind(), slot, slot));
            }
        }
    }

    /** Lets go of the copies made for a row that verified. */
    void drop(StepPlan plan, int row) {
        for (int i = 0; i < state.pools.basePools(); i++) {
            KindPool kind = state.pools.get(i);
            if (isState(kind)) {
                int slot = plan.unit(row, kind.kind(), 0);
                state.commands.add(new CacheCommand.DropState(kind.part(), kind.kind(), slot));
            }
        }
    }

    private static boolean isState(KindPool kind) {
        return kind.cache() instanceof CacheKind.RecurrentState;
    }
}
