package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Layers whose MLP is a mixture of experts.
 *
 * @param count of experts of a layer
 * @param inner width of one
 * @param layers which layers have experts
 */
record ExpertTraits(int count, int inner, Routing routing, ExpertNames names, IntPredicate layers) {

    /** Far more than any model has; each becomes objects in every layer before its weights are looked for. */
    static final int MAX_EXPERTS = 1024;

    static final IntPredicate EVERY_LAYER = layer -> true;

    boolean has(int layer) {
        return layers.test(layer);
    }

    /** {@code layer}: what stands before the names of the layer's tensors. */
    Moe moe(String layer, int hidden) {
        ExpertNames.Size size = new ExpertNames.Size(count, inner, hidden);
        List<Mlp> experts = new ArrayList<>();
        for (int expert = 0; expert < count; expert++) {
            experts.add(names.expert(layer, expert, size));
        }
        return new Moe(names.router(layer, size), routing, experts);
    }
}
