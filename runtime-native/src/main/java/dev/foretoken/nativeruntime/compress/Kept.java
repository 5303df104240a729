package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What pruning leaves of the blocks of a base: all, but for what is taken away. */
final class Kept {

    private final ModelPlan plan;
    private final Map<Integer, Set<Integer>> neurons = new TreeMap<>();
    private final Map<Integer, Set<Integer>> heads = new TreeMap<>();

    Kept(ModelPlan plan) {
        this.plan = plan;
    }

    void remove(Unit unit, int all) {
        Map<Integer, Set<Integer>> of = unit.kind() == Unit.Kind.NEURONS ? neurons : heads;
        of.computeIfAbsent(
                        unit.block(),
                        block -> new TreeSet<>(IntStream.range(0, all).boxed().toList()))
                .removeAll(unit.members());
    }

    /** Leaves nothing but these. */
    void keep(Unit unit) {
        (unit.kind() == Unit.Kind.NEURONS ? neurons : heads).put(unit.block(), new TreeSet<>(unit.members()));
    }

    boolean isEverything() {
        return neurons.isEmpty() && heads.isEmpty();
    }

    /** As an operation. */
    Map<String, Object> operation() {
        Map<String, Object> made = Draft.operation("prune");
        if (!neurons.isEmpty()) {
            made.put("neurons", lists(neurons));
        }
        if (!heads.isEmpty()) {
            made.put("kv_heads", lists(heads));
        }
        return made;
    }

    private List<@Nullable List<Integer>> lists(Map<Integer, Set<Integer>> of) {
        List<@Nullable List<Integer>> lists = new ArrayList<>();
        for (int block = 0; block < Block.of(plan).size(); block++) {
            Set<Integer> kept = of.get(block);
            lists.add(kept == null ? null : List.copyOf(kept));
        }
        return lists;
    }
}
