package dev.foretoken.scheduler.blocks;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import java.util.ArrayList;
import java.util.List;

/** One pool per cache kind of every part that sequences use, base part first. */
public final class CachePools {

    public static final int BASE = 0;
    public static final int NO_PART = -1;

    private final KindPool[] pools;
    private final CheckpointPool checkpoints;
    private final int draftPart;
    private final int auxiliaryPart;
    /** Index of the first pool of each part, and of the end. */
    private final int[] firsts;

    private CachePools(List<KindPool> pools, CheckpointPool checkpoints, int parts, int draftPart, int auxiliaryPart) {
        this.checkpoints = checkpoints;
        this.pools = pools.toArray(KindPool[]::new);
        this.draftPart = draftPart;
        this.auxiliaryPart = auxiliaryPart;
        this.firsts = new int[parts + 1];
        for (KindPool pool : pools) {
            firsts[pool.part() + 1]++;
        }
        for (int part = 0; part < parts; part++) {
            firsts[part + 1] += firsts[part];
        }
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
        boolean state = shape.base().caches().hasState();
        CheckpointPool checkpoints = new CheckpointPool(state ? reservation.checkpoints() : 0);
        return new CachePools(
                pools,
                checkpoints,
                shape.parts().size(),
                pagedPart(shape, reservation, PartShape.Role.DRAFT),
                auxiliaryPart(shape, reservation));
    }

    /** K and V are predicted position by position, and from anywhere on. */
    private static int auxiliaryPart(ModelShape shape, CacheReservation reservation) {
        int part = pagedPart(shape, reservation, PartShape.Role.AUXILIARY);
        CacheSpec base = shape.base().caches();
        boolean anywhere = base.kinds().stream().allMatch(CacheKind::paged) && base.alignment() == 1;
        return part != NO_PART && anywhere && shape.parts().get(part).caches().alignment() == 1 ? part : NO_PART;
    }

    /** Proposals that are rejected are overwritten, and prompts are predicted in spans, so every kind must be paged. */
    private static int pagedPart(ModelShape shape, CacheReservation reservation, PartShape.Role role) {
        for (int part = 0; part < shape.parts().size(); part++) {
            PartShape candidate = shape.parts().get(part);
            if (candidate.role() == role
                    && candidate.caches().kinds().stream().allMatch(CacheKind::paged)
                    && reservation.units().get(part).stream().allMatch(units -> units > 0)) {
                return part;
            }
        }
        return NO_PART;
    }

    /** The part whose K and V the base's are predicted from, or {@link #NO_PART}. */
    public int auxiliaryPart() {
        return auxiliaryPart;
    }

    /** Pools of a part. */
    public int kinds(int part) {
        return end(part) - first(part);
    }

    /** The part that proposes tokens, or {@link #NO_PART}. */
    public int draftPart() {
        return draftPart;
    }

    /** Index of the first pool of a part. */
    public int first(int part) {
        return firsts[part];
    }

    /** Index behind the last pool of a part. */
    public int end(int part) {
        return firsts[part + 1];
    }

    public int size() {
        return pools.length;
    }

    public KindPool get(int index) {
        return pools[index];
    }

    /** Pools of the base part: they have the indices below this. */
    public int basePools() {
        return firsts[1];
    }

    /** Numbers for copies of the base part's states. */
    public CheckpointPool checkpoints() {
        return checkpoints;
    }

    /** Whether the base part has a recurrent state. */
    public boolean hasState() {
        return basePools() > 0 && pools[0].spec().hasState();
    }

    /** Positions at which a sequence can begin that shares what comes before: whole blocks, and aligned. */
    public int grain() {
        CacheSpec spec = pools[0].spec();
        int common = spec.blockTokens();
        while (common % spec.alignment() != 0) {
            common += spec.blockTokens();
        }
        return common;
    }

    /** Whether a sequence may go on from what another computed: blocks are read by both, a state is restored from a checkpoint. */
    public boolean sharable() {
        for (int i = 0; i < basePools(); i++) {
            boolean fine = switch (pools[i].cache()) {
                case CacheKind.PagedKv k -> true;
                case CacheKind.WindowedKv k -> true;
                case CacheKind.ContiguousSlot k -> false;
                case CacheKind.RecurrentState k -> checkpoints.units() > 0;
            };
            if (!fine) {
                return false;
            }
        }
        return basePools() > 0;
    }

    /** Most tokens one sequence can have, by slots of fixed capacity; {@link Integer#MAX_VALUE} without such a kind. */
    public int slotCapacity() {
        int capacity = Integer.MAX_VALUE;
        for (int i = 0; i < basePools(); i++) {
            if (pools[i].cache() instanceof CacheKind.ContiguousSlot slot) {
                capacity = Math.min(capacity, slot.capacityTokens());
            }
        }
        return capacity;
    }

    /** Whether a sequence of {@code tokens} tokens fits into a part when it is alone. */
    public boolean fitsAlone(int part, int tokens, int stepTokens) {
        for (int i = first(part); i < end(part); i++) {
            if (pools[i].unitsFor(tokens, stepTokens) > pools[i].pool().units()) {
                return false;
            }
        }
        return true;
    }
}
