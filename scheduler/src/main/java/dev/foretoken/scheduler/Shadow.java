package dev.foretoken.scheduler;

import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.blocks.SequenceCaches;

/** Exact K and V of a sequence that still reads predicted ones, as far as they are computed. */
final class Shadow {

    final SequenceCaches caches;
    int computed;
    int scheduled;
    int rowsInFlight;
    /** A step failed: what it holds is undefined, and it goes with its last row. */
    boolean spoilt;

    Shadow(CachePools pools) {
        this.caches = new SequenceCaches(pools);
    }

    /** Holds the first {@code position} tokens from the start. */
    void startAt(int position) {
        computed = position;
        scheduled = position;
    }
}
