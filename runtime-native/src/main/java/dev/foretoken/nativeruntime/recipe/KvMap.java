package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Lets blocks read the K or V of other blocks and store none (Brandon 2024, Zuhri 2024, Wu 2024, Yang 2024; values alone: Zhou 2024). Of
 * blocks above them they see the tokens before (Wu 2024).
 *
 * @param keys null: each block keeps its keys
 * @param values null: each block keeps its values
 * @param window tokens that blocks with an {@code s} see; 0 where there are none
 */
record KvMap(@Nullable LayerMap keys, @Nullable LayerMap values, int window) implements Operation {

    static final String NAME = "kv-map";
    private static final int MAX_WINDOW = 1 << 26;

    static KvMap read(RecipeFields fields) {
        boolean both = fields.has("map");
        boolean hasKeys = fields.has("keys");
        boolean hasValues = fields.has("values");
        if (both == (hasKeys || hasValues)) {
            throw fields.wrong("op", NAME, "together with \"map\", or else with \"keys\", \"values\" or both");
        }
        LayerMap keys = both || hasKeys ? LayerMap.read(both ? "map" : "keys", fields) : null;
        LayerMap values = both ? keys : hasValues ? LayerMap.read("values", fields) : null;
        boolean windowed = keys != null && keys.hasWindows() || values != null && values.hasWindows();
        if (keys != values && windowed) {
            throw fields.wrong("op", NAME, "with windows (s) only in \"map\", since keys and values are seen together");
        }
        return new KvMap(keys, values, windowed ? fields.integer("window", 1, MAX_WINDOW) : 0);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        List<Block> blocks = Block.of(plan);
        List<Integer> attentions = attentionOf(plan, blocks);
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        for (int i = 0; i < blocks.size(); i++) {
            int number = i;
            if (attentions.get(number) != LayerMap.NONE) {
                KvSource old = plan.attentions().get(attentions.get(number)).source();
                KvSource source = new KvSource(
                        resolved(plan, keys, number, attentions).orElse(old.keys()),
                        resolved(plan, values, number, attentions).orElse(old.values()));
                int first = blocks.get(number).first();
                sublayers.set(
                        first,
                        sublayers
                                .get(first)
                                .withMixers(mixer -> changed(mixer, source, number, attentions.get(number))));
            }
        }
        ModelPlan made = plan.withSublayers(sublayers);
        return new Outcome(made, did(plan, made));
    }

    private Mixer changed(Mixer mixer, KvSource source, int block, int index) {
        if (!(mixer instanceof Attention attention)) {
            return mixer;
        }
        Attention mapped = attention.withSource(source);
        Attention seeing = keys != null && keys.entries().get(block).windowed() ? mapped.withWindow(window) : mapped;
        return switch (seeing.maps()) {
            case Attention.Direct direct ->
                seeing.withMaps(direct.making(source.ownsKeys(index), source.ownsValues(index)));
            case LatentMaps latent ->
                throw Block.refused(
                        "block %d attends to latent vectors, of which kv-map has none to share".formatted(block));
        };
    }

    /** The attention of each block, or {@link LayerMap#NONE}. */
    private List<Integer> attentionOf(ModelPlan plan, List<Block> blocks) {
        requireSize(keys, blocks);
        requireSize(values, blocks);
        List<Integer> found = new ArrayList<>();
        int attentions = 0;
        for (Block block : blocks) {
            int before = attentions;
            for (int i = block.first(); i < block.end(); i++) {
                attentions += PlanEdit.attentions(plan.sublayers().get(i));
            }
            if (attentions - before > 1) {
                throw Block.refused("kv-map needs blocks with one attention each, block %d has %d"
                        .formatted(found.size(), attentions - before));
            }
            found.add(attentions == before ? LayerMap.NONE : before);
        }
        return found;
    }

    private static void requireSize(@Nullable LayerMap map, List<Block> blocks) {
        if (map != null && map.size() != blocks.size()) {
            throw Block.refused("kv-map has %d entries, must have one for each of the %d blocks"
                    .formatted(map.size(), blocks.size()));
        }
    }

    /** The attention that stores what the block reads; empty where nothing says so. Chains are followed to their root. */
    private static OptionalInt resolved(ModelPlan plan, @Nullable LayerMap map, int block, List<Integer> attentions) {
        if (map == null) {
            return OptionalInt.empty();
        }
        int root = block;
        for (int links = 0; map.source(root) != root; links++) {
            int next = map.source(root);
            if (next == LayerMap.NONE || next >= attentions.size() || attentions.get(next) == LayerMap.NONE) {
                throw Block.refused("kv-map maps block %d to %s, which has no attention"
                        .formatted(root, next == LayerMap.NONE ? "-" : "block " + next));
            }
            if (links == attentions.size()) {
                throw Block.refused("kv-map maps block %d around a circle of blocks; one of them must read its own"
                        .formatted(block));
            }
            root = next;
        }
        return root == block ? OptionalInt.empty() : OptionalInt.of(attentions.get(root));
    }

    private static String did(ModelPlan before, ModelPlan after) {
        String stored = "stores K of %d and V of %d attentions, before of %d and %d"
                .formatted(keyOwners(after), valueOwners(after), keyOwners(before), valueOwners(before));
        return after.isSequential() ? stored + "; reads from above, so that prompts take a pass per token" : stored;
    }

    private static int keyOwners(ModelPlan plan) {
        return (int) plan.attentions().stream()
                .map(attention -> attention.source().keys())
                .distinct()
                .count();
    }

    private static int valueOwners(ModelPlan plan) {
        return (int) plan.attentions().stream()
                .map(attention -> attention.source().values())
                .distinct()
                .count();
    }
}
