package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Leaves out whole blocks, or only what mixes tokens in them, or only their feed-forward parts (He 2024; blocks alone: Liu 2024, Pei 2024).
 * A norm goes with its sublayer, and what is left out owns no K, V or state.
 *
 * @param attention blocks that lose their attention, or recurrent mixer
 * @param mlp blocks that lose their MLP, or experts
 */
record Drop(List<Integer> blocks, List<Integer> attention, List<Integer> mlp) implements Operation {

    static final String NAME = "drop";
    private static final int MAX_BLOCK = 4095;

    static Drop read(RecipeFields fields) {
        Drop drop = new Drop(
                fields.distinct("blocks", MAX_BLOCK),
                fields.distinct("attention", MAX_BLOCK),
                fields.distinct("mlp", MAX_BLOCK));
        if (drop.blocks.isEmpty() && drop.attention.isEmpty() && drop.mlp.isEmpty()) {
            throw fields.wrong(
                    "op", NAME, "together with \"blocks\", \"attention\" or \"mlp\", lists of block numbers");
        }
        return drop;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        BitSet dropped = dropped(plan);
        PlanEdit edit = new PlanEdit(plan);
        for (int i = 0; i < plan.sublayers().size(); i++) {
            if (!dropped.get(i)) {
                edit.keep(i, i + 1);
            }
        }
        return new Outcome(edit.plan(), did(plan, edit.plan()));
    }

    private BitSet dropped(ModelPlan plan) {
        List<Block> all = Block.of(plan);
        BitSet dropped = new BitSet();
        Block.requireNamed(NAME, blocks, all);
        blocks.forEach(
                number -> dropped.set(all.get(number).first(), all.get(number).end()));
        Block.requireNamed(NAME, attention, all);
        attention.forEach(number -> dropped.set(all.get(number).first()));
        Block.requireNamed(NAME, mlp, all);
        mlp.forEach(number -> feedForward(plan, number, all.get(number)).forEach(dropped::set));
        return dropped;
    }

    private static List<Integer> feedForward(ModelPlan plan, int number, Block block) {
        List<Integer> found = new ArrayList<>();
        for (int i = block.first() + 1; i < block.end(); i++) {
            if (plan.sublayers().get(i).mixers().stream().anyMatch(Drop::isFeedForward)) {
                found.add(i);
            }
        }
        if (found.isEmpty()) {
            throw Block.refused("drop names the mlp of block %d, which has none of its own".formatted(number));
        }
        return found;
    }

    private static boolean isFeedForward(Mixer mixer) {
        return mixer instanceof Mlp || mixer instanceof Moe;
    }

    private static String did(ModelPlan before, ModelPlan after) {
        int mixing = mixing(before) - mixing(after);
        int others = before.sublayers().size() - after.sublayers().size() - mixing;
        return "left out %d of %d sublayers that mix tokens and %d of %d others"
                .formatted(mixing, mixing(before), others, before.sublayers().size() - mixing(before));
    }

    private static int mixing(ModelPlan plan) {
        return (int) plan.sublayers().stream().filter(Block::mixesTokens).count();
    }
}
