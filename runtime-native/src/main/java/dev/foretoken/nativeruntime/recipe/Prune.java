package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps chosen neurons of MLPs, and chosen KV heads with their query heads (structural pruning, as OPTIN, Khaki 2024, chooses). Matrices and
 * caches get smaller by what is gone.
 *
 * @param neurons of each block; empty: all of them
 * @param kvHeads of each block; empty: all of them
 */
record Prune(List<Optional<List<Integer>>> neurons, List<Optional<List<Integer>>> kvHeads) implements Operation {

    static final String NAME = "prune";
    private static final int MAX_BLOCKS = 4096;
    private static final int MAX_NEURON = (1 << 20) - 1;
    private static final int MAX_HEAD = 4095;

    Prune {
        neurons = List.copyOf(neurons);
        kvHeads = List.copyOf(kvHeads);
    }

    static Prune read(RecipeFields fields) {
        Prune prune = new Prune(
                fields.ascending("neurons", MAX_BLOCKS, MAX_NEURON),
                fields.ascending("kv_heads", MAX_BLOCKS, MAX_HEAD));
        if (prune.neurons.isEmpty() && prune.kvHeads.isEmpty()) {
            throw fields.wrong("op", NAME, "together with \"neurons\" or \"kv_heads\", lists of what each block keeps");
        }
        for (Optional<List<Integer>> kept : prune.neurons) {
            if (kept.isPresent() && kept.get().size() % Width.GRID != 0) {
                throw fields.wrong(
                        "neurons",
                        kept.get().size() + " of a block",
                        "whole multiples of " + Width.GRID + ", or null for all");
            }
        }
        return prune;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        ModelPlan made = pruned(plan, new Pruning(names));
        return new Outcome(
                made,
                "kept %d of %d neurons and %d of %d KV heads"
                        .formatted(neurons(made), neurons(plan), heads(made), heads(plan)));
    }

    @Override
    public List<Making> makings(ModelPlan plan, NewNames names) {
        Pruning pruning = new Pruning(names);
        pruned(plan, pruning);
        return pruning.makings();
    }

    private ModelPlan pruned(ModelPlan plan, Pruning pruning) {
        List<Block> blocks = Block.of(plan);
        requireSize("neurons", neurons, blocks);
        requireSize("kv_heads", kvHeads, blocks);
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        for (int number = 0; number < blocks.size(); number++) {
            Block block = blocks.get(number);
            Optional<Picks> inner = picks(neurons, number);
            Optional<Picks> heads = picks(kvHeads, number);
            inner.ifPresent(kept -> requireOne(block, plan, Mlp.class, "MLP"));
            heads.ifPresent(kept -> requireOne(block, plan, Attention.class, "attention"));
            int index = number;
            for (int i = block.first(); i < block.end(); i++) {
                sublayers.set(i, sublayers.get(i).withMixers(mixer -> cut(index, mixer, inner, heads, pruning)));
            }
        }
        requireSameHeads(plan, blocks);
        return plan.withSublayers(sublayers);
    }

    private static Mixer cut(int block, Mixer mixer, Optional<Picks> neurons, Optional<Picks> heads, Pruning pruning) {
        if (mixer instanceof Mlp mlp && neurons.isPresent()) {
            return pruning.neurons(block, mlp, neurons.get());
        }
        if (mixer instanceof Attention attention && heads.isPresent()) {
            return pruning.kvHeads(block, attention, heads.get());
        }
        return mixer;
    }

    private static Optional<Picks> picks(List<Optional<List<Integer>>> of, int block) {
        return of.isEmpty() ? Optional.empty() : of.get(block).map(Picks::new);
    }

    private static void requireSize(String what, List<Optional<List<Integer>>> found, List<Block> blocks) {
        if (!found.isEmpty() && found.size() != blocks.size()) {
            throw Block.refused("prune has %s of %d blocks, must have one list, or null, for each of the %d blocks"
                    .formatted(what, found.size(), blocks.size()));
        }
    }

    private static void requireOne(Block block, ModelPlan plan, Class<? extends Mixer> kind, String what) {
        long count = block.sublayers(plan).stream()
                .flatMap(sublayer -> sublayer.mixers().stream())
                .filter(kind::isInstance)
                .count();
        if (count != 1) {
            throw Block.refused("prune cuts a block with %d times an %s, must be once; experts and states are not cut"
                    .formatted(count, what));
        }
    }

    /** A block that reads the cache of another must keep the heads that the other keeps. */
    private void requireSameHeads(ModelPlan plan, List<Block> blocks) {
        List<Integer> blockOf = new ArrayList<>();
        for (int number = 0; number < blocks.size(); number++) {
            for (Sublayer sublayer : blocks.get(number).sublayers(plan)) {
                for (int i = 0; i < PlanEdit.attentions(sublayer); i++) {
                    blockOf.add(number);
                }
            }
        }
        List<Attention> attentions = plan.attentions();
        for (int i = 0; i < attentions.size() && !kvHeads.isEmpty(); i++) {
            int own = blockOf.get(i);
            for (int read : List.of(
                    attentions.get(i).source().keys(),
                    attentions.get(i).source().values())) {
                int source = blockOf.get(read);
                if (!kvHeads.get(own).equals(kvHeads.get(source))) {
                    throw Block.refused(
                            "block %d reads K or V of block %d, so prune must keep the same KV heads of both"
                                    .formatted(own, source));
                }
            }
        }
    }

    private static int neurons(ModelPlan plan) {
        return plan.mixers().stream()
                .mapToInt(mixer -> mixer instanceof Mlp mlp ? mlp.inner() : 0)
                .sum();
    }

    private static int heads(ModelPlan plan) {
        return plan.attentions().stream()
                .mapToInt(attention -> attention.layout().kvHeads())
                .sum();
    }
}
