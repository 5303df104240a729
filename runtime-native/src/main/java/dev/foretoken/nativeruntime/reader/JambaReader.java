package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.MambaSizes;
import java.util.function.Predicate;

/** Jamba: Mamba with norms of time steps, B and C, or attention without positions; then experts, or an MLP, by period and offset. */
final class JambaReader implements ArchitectureReader {

    private static final int DEFAULT_KV_HEADS = 8;
    private static final int DEFAULT_CONTEXT = 262144;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        config.requireText("hidden_act", "silu", "silu");
        HeadLayout layout = HybridFields.heads(config, DEFAULT_KV_HEADS);
        HybridPlan.Sight sight = new HybridPlan.Sight(layout, false, Attention.Scores.of(layout.headDim()), null);
        MambaSizes sizes = HybridFields.mamba(config);
        ExpertTraits experts = experts(config);
        HybridPlan plan = new HybridPlan(config, config.epsilon(1e-6), 1);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            plan.add(
                    prefix + "input_layernorm.weight",
                    isAt(config, "attn_layer", 8, 4, layer)
                            ? plan.attention(prefix + "self_attn.", sight)
                            : RecurrentMixers.mamba(prefix + "mamba", sizes, norms(plan, prefix + "mamba.", sizes)));
            plan.add(
                    prefix + "pre_ff_layernorm.weight",
                    experts.has(layer)
                            ? experts.moe(prefix, plan.hidden())
                            : plan.mlp(prefix + "feed_forward.", experts.inner(), false));
        }
        return plan.build(
                config.size("max_position_embeddings", DEFAULT_CONTEXT),
                HybridPlan.Ends.plain("model.final_layernorm.weight"));
    }

    private static Mamba.Norms norms(HybridPlan plan, String prefix, MambaSizes sizes) {
        return new Mamba.Norms(
                plan.norm(prefix + "dt_layernorm.weight", sizes.rank()),
                plan.norm(prefix + "b_layernorm.weight", sizes.states()),
                plan.norm(prefix + "c_layernorm.weight", sizes.states()));
    }

    private static ExpertTraits experts(CheckpointConfig config) {
        int count = config.experts(16);
        return new ExpertTraits(
                count,
                config.size("intermediate_size"),
                Routing.softmax(config.size("num_experts_per_tok", 2), false),
                ExpertNames.JAMBA,
                layer -> count > 1 && isAt(config, "expert_layer", 2, 1, layer));
    }

    /** {@code period} and {@code offset}: where their fields are missing. */
    private static boolean isAt(CheckpointConfig config, String field, int period, int offset, int layer) {
        return layer % config.size(field + "_period", period) == config.count(field + "_offset", offset);
    }
}
