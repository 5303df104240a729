package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.List;

/**
 * The experts of a GGUF file whose layers, or some of them, carry a state.
 *
 * @param prefix the architecture with a dot
 */
record GgufExperts(GgufMetadata metadata, String prefix, int hidden) {

    /** {@code inner}: width of one expert; {@code normalized}: whether weights of the chosen are divided by their sum. */
    Moe gated(GgufLayer layer, int inner, boolean normalized) {
        return new ExpertTraits(
                        count(),
                        inner,
                        Routing.softmax(size("expert_used_count"), normalized),
                        ExpertNames.GGUF,
                        ExpertTraits.EVERY_LAYER)
                .moe(layer.prefix(), hidden);
    }

    /** Nemotron's. */
    Moe ungated(GgufLayer layer, int inner) {
        if (metadata.has(prefix + "moe_latent_size")) {
            throw metadata.unsupported(
                    prefix + "moe_latent_size", "= " + size("moe_latent_size"), "experts of whole hidden vectors");
        }
        ExpertNames.Size size = new ExpertNames.Size(count(), inner, hidden);
        List<Mlp> experts = new ArrayList<>();
        for (int expert = 0; expert < size.count(); expert++) {
            experts.add(new Mlp(
                    null,
                    new Linear(size.inSlice(layer.prefix() + "ffn_up_exps.weight", expert), null),
                    new Linear(size.outSlice(layer.prefix() + "ffn_down_exps.weight", expert), null),
                    Activation.RELU_SQUARED));
        }
        return new Moe(layer.linear("ffn_gate_inp", size.count(), hidden), sigmoid(layer), experts);
    }

    private Routing sigmoid(GgufLayer layer) {
        int groups = metadata.integer(prefix + "expert_group_count", 1, ExpertTraits.MAX_EXPERTS, 1);
        return new Routing(
                size("expert_used_count"),
                Routing.Scoring.SIGMOID,
                metadata.flag(prefix + "expert_weights_norm", false),
                (float) metadata.number(prefix + "expert_weights_scale", 1),
                layer.has("exp_probs_b.bias") ? layer.vector("exp_probs_b.bias", count()) : null,
                new Routing.Groups(groups, metadata.integer(prefix + "expert_group_used_count", 1, groups, groups)));
    }

    private int count() {
        return metadata.integer(prefix + "expert_count", 1, ExpertTraits.MAX_EXPERTS);
    }

    private int size(String key) {
        return metadata.integer(prefix + key, 1, CheckpointConfig.MAX_SIZE);
    }
}
