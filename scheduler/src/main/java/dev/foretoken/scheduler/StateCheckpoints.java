package dev.foretoken.scheduler;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import dev.foretoken.scheduler.blocks.KindPool;
import dev.foretoken.scheduler.blocks.SequenceCaches;
import dev.foretoken.scheduler.prefix.CheckpointIndex;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes, restores and lets go of copies of recurrent states. All come from one pool of numbers: those that are found again by their prefix,
 * and those that take a state back over rejected proposals, from before the row that verifies; the accepted tokens are computed again.
 *
 * <p>A copy of what a row leaves is made between its step and the next, and found only when the row has come back well.
 */
final class StateCheckpoints {

    private final SchedulerState state;
    private final CheckpointPool pool;
    private final @Nullable CheckpointIndex index;
    /** The base pools that are states. */
    private final int[] kinds;

    /** Numbers left for rows that verify. */
    private final int spare;

    StateCheckpoints(SchedulerState state, SpeculationConfig speculation) {
        this.state = state;
        this.pool = state.pools.checkpoints();
        this.index = state.states;
        this.spare = speculation.maxDraftTokens() == 0 ? 0 : Math.min(speculation.maxRows(), pool.units() / 2);
        this.kinds = IntStream.range(0, state.pools.basePools())
                .filter(i -> state.pools.get(i).cache() instanceof CacheKind.RecurrentState)
                .toArray();
        pool.onDrop(this::drop);
        if (index != null) {
            pool.onEviction(this::evict);
        }
    }

    /** Whether a state cannot go back by itself. */
    boolean needed() {
        return kinds.length > 0;
    }

    /** Copies what {@code sequence}'s newest row leaves; {@code spared}: positions since the copy before. NONE where there is no room. */
    int save(Sequence sequence, int spared) {
        int number = pool.allocate(spare, spared);
        if (number == CheckpointPool.NONE) {
            state.observer.checkpoint(CheckpointEvent.SKIPPED);
        } else {
            save(sequence.caches, number);
        }
        return number;
    }

    private void save(SequenceCaches caches, int number) {
        for (int place : kinds) {
            KindPool kind = state.pools.get(place);
            int slot = caches.table(place).get(0);
            state.commands.add(new CacheCommand.SaveState(kind.part(), kind.kind(), slot, number));
        }
    }

    /** The row has come back well: its copy, of the state at {@code position}, may be found. */
    void settle(Sequence sequence, int position, int number) {
        if (number == CheckpointPool.NONE) {
            return;
        }
        TokenChain chain = sequence.chain;
        int blocks = position / state.pools.get(0).spec().blockTokens();
        if (index != null && chain != null && index.add(chain, blocks, number)) {
            state.observer.checkpoint(CheckpointEvent.SAVED);
        }
        pool.release(number);
    }

    /** The row's copy is not what it should be, or nobody will ask for it. */
    void discard(int number) {
        if (number != CheckpointPool.NONE) {
            pool.release(number);
        }
    }

    /** {@code sequence} has been admitted and will start from a copy if it has one. */
    void countRestored(Sequence sequence) {
        int number = sequence.caches.checkpoint();
        if (number != CheckpointPool.NONE) {
            pool.used(number);
            state.observer.checkpoint(CheckpointEvent.RESTORED);
        }
    }

    /** Copies the states before a row that verifies; false where there is no room. */
    boolean saveForRollback(Sequence sequence) {
        if (!needed()) {
            return true;
        }
        int number = pool.allocate(0, 0);
        if (number == CheckpointPool.NONE) {
            return false;
        }
        sequence.states.rollback = number;
        save(sequence.caches, number);
        return true;
    }

    /** Undoes what a row that verified did to the states. */
    void rollBack(Sequence sequence) {
        for (int place : kinds) {
            KindPool kind = state.pools.get(place);
            int slot = sequence.caches.table(place).get(0);
            state.commands.add(new CacheCommand.RestoreState(kind.part(), kind.kind(), sequence.states.rollback, slot));
        }
    }

    /** Lets go of the copy made for a row that verified. */
    void endRollback(Sequence sequence) {
        discard(sequence.states.rollback);
        sequence.states.rollback = CheckpointPool.NONE;
    }

    /** Commands were lost: whatever the numbers name, nothing is restored from it any more. */
    void forgetAll() {
        if (index != null) {
            index.forgetAll();
        }
        for (int number = 0; number < pool.units(); number++) {
            if (pool.references(number) == 0) {
                drop(number);
            }
        }
    }

    private void evict(int number) {
        if (index != null) {
            index.evict(number);
            state.observer.checkpoint(CheckpointEvent.EVICTED);
        }
    }

    private void drop(int number) {
        for (int place : kinds) {
            KindPool kind = state.pools.get(place);
            state.commands.add(new CacheCommand.DropState(kind.part(), kind.kind(), number));
        }
    }
}
