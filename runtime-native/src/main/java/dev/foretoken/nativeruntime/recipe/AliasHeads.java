package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.JoinedColumns;
import dev.foretoken.nativeruntime.plan.JoinedRows;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Weight;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Lets groups of heads use the matrices of groups of other blocks (Cao 2024, head-wise sharing): the rows of query, key and value, and the
 * columns of the map back. A group is a KV head with its query heads; biases and norms stay. No cache is saved, since inputs differ.
 */
record AliasHeads(Map<HeadGroup, HeadGroup> aliases) implements Operation {

    static final String NAME = "alias-heads";
    private static final int MAX = 4095;

    AliasHeads {
        aliases = Map.copyOf(aliases);
    }

    static AliasHeads read(RecipeFields fields) {
        Map<HeadGroup, HeadGroup> aliases = new HashMap<>();
        for (List<Integer> alias : fields.groups("aliases", MAX)) {
            if (alias.size() != 4
                    || aliases.put(new HeadGroup(alias.get(0), alias.get(1)), new HeadGroup(alias.get(2), alias.get(3)))
                            != null) {
                throw fields.wrong(
                        "aliases", alias, "lists of block, KV head, other block and its KV head, each head once");
            }
        }
        return new AliasHeads(aliases);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        Map<Integer, Attention> attentions = HeadGroup.attentions(plan);
        aliases.forEach((alias, target) -> {
            alias.requireLike(target, attentions);
            root(alias);
        });
        ModelPlan made = HeadGroup.changed(plan, (block, attention) -> joined(block, attention, attentions));
        int groups = attentions.values().stream()
                .mapToInt(attention -> attention.layout().kvHeads())
                .sum();
        return new Outcome(made, "read the heads of %d of %d groups from others".formatted(aliases.size(), groups));
    }

    /** The end of the chain. */
    private HeadGroup root(HeadGroup group) {
        HeadGroup at = group;
        for (int steps = 0; aliases.containsKey(at); steps++) {
            if (steps > aliases.size()) {
                throw Block.refused("alias-heads leads from %s around in a circle".formatted(group));
            }
            at = aliases.get(at);
        }
        return at;
    }

    private Attention joined(int block, Attention attention, Map<Integer, Attention> attentions) {
        if (aliases.keySet().stream().noneMatch(alias -> alias.block() == block)) {
            return attention;
        }
        List<HeadGroup.Run> runs = new ArrayList<>();
        for (int group = 0; group < attention.layout().kvHeads(); group++) {
            HeadGroup root = root(new HeadGroup(block, group));
            if (runs.isEmpty() || !runs.getLast().isFollowedBy(root)) {
                runs.add(new HeadGroup.Run(root, 1));
            } else {
                runs.add(runs.removeLast().longer());
            }
        }
        Attention.Direct maps = HeadGroup.maps(attention, block);
        int queries = attention.layout().heads() / attention.layout().kvHeads();
        int keyDim = attention.layout().headDim();
        int valueDim = attention.layout().valueDim();
        return attention.withMaps(new Attention.Direct(
                rows(maps.query(), runs, queries * keyDim, attentions, Attention.Direct::query),
                rows(HeadGroup.own(maps.key(), block), runs, keyDim, attentions, Attention.Direct::key),
                rows(HeadGroup.own(maps.value(), block), runs, valueDim, attentions, Attention.Direct::value),
                columns(maps.output(), runs, queries * valueDim, attentions),
                maps.clip(),
                maps.gate()));
    }

    private static Linear rows(
            Linear linear,
            List<HeadGroup.Run> runs,
            int size,
            Map<Integer, Attention> attentions,
            Function<Attention.Direct, Linear> map) {
        List<MatrixRef> parts = new ArrayList<>();
        for (HeadGroup.Run run : runs) {
            MatrixRef whole = HeadGroup.matrix(map.apply(HeadGroup.maps(attentions, run)), run);
            parts.add(whole.rows(run.first().group() * size, run.count() * size));
        }
        return linear.withWeight(parts.size() == 1 ? parts.getFirst() : new JoinedRows(parts));
    }

    private static Linear columns(
            Linear linear, List<HeadGroup.Run> runs, int size, Map<Integer, Attention> attentions) {
        List<MatrixRef> parts = new ArrayList<>();
        for (HeadGroup.Run run : runs) {
            MatrixRef whole = HeadGroup.matrix(HeadGroup.maps(attentions, run).output(), run);
            parts.add(whole.columns(run.first().group() * size, run.count() * size));
        }
        Weight joined = parts.size() == 1 ? parts.getFirst() : new JoinedColumns(parts);
        return linear.withWeight(joined);
    }
}
