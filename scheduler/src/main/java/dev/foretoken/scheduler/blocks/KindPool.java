package dev.foretoken.scheduler.blocks;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;

/**
 * The pool of one cache kind of one part, with what the scheduler must know of the kind.
 *
 * @param kind number of {@code cache} in {@code spec}
 */
public record KindPool(int part, int kind, CacheSpec spec, CacheKind cache, BlockPool pool) {

    KindPool(int part, int kind, CacheSpec spec, BlockPool pool) {
        this(part, kind, spec, spec.kinds().get(kind), pool);
    }

    public boolean paged() {
        return cache.paged();
    }

    /** Whether blocks are released before the sequence ends. */
    public boolean windowed() {
        return cache instanceof CacheKind.WindowedKv;
    }

    /** First block that the computation of {@code position} reads or writes; blocks before it are not needed any more. */
    public int firstBlock(int position) {
        return switch (cache) {
            case CacheKind.WindowedKv k -> Math.max(0, position - k.windowTokens() + 1) / spec.blockTokens();
            case CacheKind.PagedKv k -> 0;
            case CacheKind.ContiguousSlot k -> 0;
            case CacheKind.RecurrentState k -> 0;
        };
    }

    /** Table entries that positions [0, {@code end}) need. */
    public int entriesFor(int end) {
        return paged() ? Math.ceilDiv(end, spec.blockTokens()) : 1;
    }

    /** Most units that a sequence of {@code tokens} tokens holds at a time when steps have at most {@code stepTokens} tokens. */
    public int unitsFor(int tokens, int stepTokens) {
        return spec.unitsFor(kind, tokens, stepTokens);
    }
}
