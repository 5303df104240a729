package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.StepPlan;

/** The memory of one cache kind. Positions are addressed as a row's table says, so a wrong table reads what is really there. */
sealed interface KindStore permits PagedStore, SlotStore, StateStore {

    /** The entry of the position before {@code position} as this kind can still see it; 0 where there is none. */
    long before(StepPlan plan, int row, int position);

    void write(StepPlan plan, int row, int position, long entry);

    /** Hash of every entry that {@code position} reads, its own included. */
    long digest(StepPlan plan, int row, int position);

    /** Makes what a failed row wrote unreadable. */
    void garble(StepPlan plan, int row);

    static KindStore of(CacheSpec spec, int kind, int units, int checkpoints) {
        int tokens = spec.blockTokens();
        return switch (spec.kinds().get(kind)) {
            case CacheKind.PagedKv k -> new PagedStore(kind, units, tokens, Integer.MAX_VALUE);
            case CacheKind.WindowedKv k -> new PagedStore(kind, units, tokens, k.windowTokens());
            case CacheKind.ContiguousSlot k -> new SlotStore(kind, units, k.capacityTokens());
            case CacheKind.RecurrentState k -> new StateStore(kind, units, checkpoints);
        };
    }
}
