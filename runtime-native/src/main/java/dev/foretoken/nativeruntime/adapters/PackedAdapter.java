package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.nativeruntime.kernels.layout.LowRankPair;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import java.lang.foreign.Arena;
import java.util.Map;

/** An adapter in the kernels' layout. */
record PackedAdapter(Arena arena, Map<LowRankProduct, LowRankPair> pairs, int rank, long bytes)
        implements AdapterWeights {
    PackedAdapter {
        pairs = Map.copyOf(pairs);
    }

    @Override
    public void close() {
        arena.close();
    }
}
