package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes several blocks with the weights of one (Liu 2024, FoldGPT's group sharing). Saves weights; each block keeps its own K, V or state.
 *
 * @param groups block numbers; all of a group use the weights of its first
 * @param keepNorms whether each keeps its norms
 */
record Share(List<List<Integer>> groups, boolean keepNorms) implements Operation {

    static final String NAME = "share";
    private static final int MAX_BLOCK = 4095;

    Share {
        groups = groups.stream().map(List::copyOf).toList();
    }

    static Share read(RecipeFields fields) {
        Share share = new Share(fields.groups("groups", MAX_BLOCK), fields.flag("keep_norms"));
        List<Integer> all = share.groups.stream().flatMap(List::stream).toList();
        if (all.stream().distinct().count() != all.size()) {
            throw fields.wrong("groups", share.groups, "lists in which no block is named twice");
        }
        return share;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        List<Block> blocks = Block.of(plan);
        Tying tying = new Tying(plan, keepNorms);
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        int tied = 0;
        for (List<Integer> group : groups) {
            Block.requireNamed(NAME, group, blocks);
            for (int number : group.subList(1, group.size())) {
                Block block = blocks.get(number);
                String what = "blocks %d and %d".formatted(group.getFirst(), number);
                List<Sublayer> made = tying.tied(block, blocks.get(group.getFirst()), what);
                for (int i = 0; i < made.size(); i++) {
                    sublayers.set(block.first() + i, made.get(i));
                }
                tied++;
            }
        }
        return new Outcome(
                plan.withSublayers(sublayers),
                "computes %d of %d blocks with the weights of others%s"
                        .formatted(tied, blocks.size(), keepNorms ? ", with norms of their own" : ""));
    }
}
