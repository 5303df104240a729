package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Gate;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Mamba2Sizes;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Granite 4: Mamba-2 or attention, then experts beside an MLP that every token uses, or that MLP alone; multipliers as Granite 3 has them. */
final class GraniteHybridReader implements ArchitectureReader {

    private static final int DEFAULT_CONTEXT = 2048;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        config.requireText("hidden_act", "silu", "silu");
        float epsilon = config.epsilon(1e-6);
        DecoderTraits.Scales scales = GraniteReader.scales(config);
        HeadLayout layout = HybridFields.heads(config, config.size("num_attention_heads"));
        RotarySettings turned = rotary(config, layout.headDim());
        HybridPlan.Sight sight =
                new HybridPlan.Sight(layout, config.flag("attention_bias", false), scales.scores(), turned);
        int channels = HybridFields.channels(config);
        Mamba2Sizes sizes = HybridFields.mamba2(
                config, channels, config.flag("mamba_proj_bias", false), new Gate(channels, true, epsilon));
        List<Boolean> attentions = HybridFields.attentionLayers(config);
        ExpertTraits experts = experts(config);
        HybridPlan plan = new HybridPlan(config, epsilon, scales.residual());
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            plan.add(
                    prefix + "input_layernorm.weight",
                    attentions.get(layer)
                            ? plan.attention(prefix + "self_attn.", sight)
                            : RecurrentMixers.mamba2(prefix + "mamba", sizes));
            feedForward(plan, prefix, config, experts);
        }
        int context = turned == null
                ? config.size("max_position_embeddings", DEFAULT_CONTEXT)
                : RotaryReader.contextTokens(config, turned);
        return plan.build(
                context,
                new HybridPlan.Ends(
                        "model.embed_tokens.weight", "model.norm.weight", scales.embedding(), scales.logits()));
    }

    private static @Nullable RotarySettings rotary(CheckpointConfig config, int headDim) {
        String kind = config.text("position_embedding_type", "nope");
        return switch (kind) {
            case "rope" -> new RotaryReader(config).settings(headDim);
            case "nope" -> null;
            default ->
                throw config.unsupported("position_embedding_type", "\"" + kind + "\"", "\"rope\", \"nope\" or null");
        };
    }

    /** Null without experts. */
    private static @Nullable ExpertTraits experts(CheckpointConfig config) {
        if (config.count("num_local_experts", 1) == 0) {
            return null;
        }
        return new ExpertTraits(
                config.experts(8),
                config.size("intermediate_size"),
                Routing.softmax(config.size("num_experts_per_tok", 2), true),
                ExpertNames.GRANITE,
                ExpertTraits.EVERY_LAYER);
    }

    private static void feedForward(
            HybridPlan plan, String prefix, CheckpointConfig config, @Nullable ExpertTraits experts) {
        int inner = config.size("shared_intermediate_size", 1024);
        Linear both = plan.linear(prefix + "shared_mlp.input_linear", 2 * inner, plan.hidden(), false);
        Mlp shared = new Mlp(
                both.outputs(0, inner),
                both.outputs(inner, inner),
                plan.linear(prefix + "shared_mlp.output_linear", plan.hidden(), inner, false),
                Activation.SILU);
        String norm = prefix + "post_attention_layernorm.weight";
        if (experts == null) {
            plan.add(norm, shared);
        } else {
            plan.add(norm, experts.moe(prefix, plan.hidden()), shared);
        }
    }
}
