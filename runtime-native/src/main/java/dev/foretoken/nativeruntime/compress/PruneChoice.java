package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Chooses what goes, of all blocks together: first what changes later features least for the operations that it saves. */
final class PruneChoice {

    private final PrunableBlocks blocks;
    private final Kept kept;
    private final Map<Integer, Integer> heads = new HashMap<>();

    PruneChoice(ModelPlan plan) {
        this.blocks = PrunableBlocks.of(plan);
        this.kept = new Kept(plan);
        blocks.attentions()
                .forEach((block, attention) ->
                        heads.put(block, attention.layout().kvHeads()));
    }

    /**
     * Takes away until a budget is met, or nothing more can go.
     *
     * @param flops of all blocks
     * @param share of them that may be left
     */
    Kept of(List<Unit> units, long flops, double share) {
        List<Unit> order = units.stream()
                .sorted(Comparator.comparingDouble(Unit::scorePerFlop)
                        .thenComparing(Unit::block)
                        .thenComparing(Unit::kind)
                        .thenComparing(unit -> unit.members().getFirst()))
                .toList();
        long left = flops;
        for (Unit unit : order) {
            if (left > share * flops && canGo(unit)) {
                kept.remove(unit, all(unit));
                left -= unit.flops();
            }
        }
        return kept;
    }

    /** The last KV head of a block stays. */
    private boolean canGo(Unit unit) {
        return switch (unit.kind()) {
            case NEURONS -> true;
            case KV_HEADS -> heads.merge(unit.block(), -1, Integer::sum) > 0;
        };
    }

    private int all(Unit unit) {
        return switch (unit.kind()) {
            case NEURONS -> blocks.mlps().get(unit.block()).inner();
            case KV_HEADS -> blocks.attentions().get(unit.block()).layout().kvHeads();
        };
    }
}
