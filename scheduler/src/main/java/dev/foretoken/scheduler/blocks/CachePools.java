package dev.foretoken.scheduler.blocks;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import java.util.ArrayList;
import java.util.List;

/** One pool per cache kind of every part that sequences use, base part first. */
public final class CachePools {

    private final KindPool[] pools;
    private final int basePools;

    private CachePools(List<KindPool> pools) {
        this.pools = pools.toArray(KindPool[]::new);
        this.basePools = (int) pools.stream().filter(p -> p.part() == 0).count();
    }

    /** Pools for every part that has units reserved; parts without are not used by any sequence. */
    public static CachePools of(ModelShape shape, CacheReservation reservation) {
        List<KindPool> pools = new ArrayList<>();
        for (int part = 0; part < shape.parts().size(); part++) {
            CacheSpec spec = shape.parts().get(part).caches();
            for (int kind = 0; kind < spec.kinds().size(); kind++) {
                int units = reservation.units(part, kind);
                if (units > 0 || part == 0) {
                    pools.add(new KindPool(part, kind, spec, new BlockPool(units)));
                }
            }
        }
        return new CachePools(pools);
    }

    public int size() {
        return pools.length;
    }

    public KindPool get(int index) {
        return pools[index];
    }

    /** Pools of the base part: they have the indices below this. */
    public int basePools() {
        return basePools;
    }

    /** Whether several sequences may read one block: every kind of the base part is paged. */
    public boolean sharable() {
        for (int i = 0; i < basePools; i++) {
            if (!pools[i].paged()) {
                return false;
            }
        }
        return basePools > 0;
    }

    /** Most tokens one sequence can have, by slots of fixed capacity; {@link Integer#MAX_VALUE} without such a kind. */
    public int slotCapacity() {
        int capacity = Integer.MAX_VALUE;
        for (KindPool pool : pools) {
            if (pool.cache() instanceof CacheKind.ContiguousSlot slot) {
                capacity = Math.min(capacity, slot.capacityTokens());
            }
        }
        return capacity;
    }

    /** Whether a sequence of {@code tokens} tokens fits when it is alone. */
    public boolean fitsAlone(int tokens, int stepTokens) {
        for (KindPool pool : pools) {
            if (pool.unitsFor(tokens, stepTokens) > pool.pool().units()) {
                return false;
            }
        }
        return true;
    }
}
