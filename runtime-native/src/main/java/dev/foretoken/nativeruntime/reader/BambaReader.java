package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Gate;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Mamba2Sizes;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Bamba: Mamba-2 in most layers, attention that turns half of each head in the others, a gated MLP in all. */
final class BambaReader implements ArchitectureReader {

    private static final int DEFAULT_KV_HEADS = 8;
    private static final double DEFAULT_SHARE = 0.5;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        config.requireText("hidden_act", "silu", "silu");
        float epsilon = config.epsilon(1e-5);
        HeadLayout layout = HybridFields.heads(config, DEFAULT_KV_HEADS);
        RotarySettings turned = new RotaryReader(config).partial(layout.headDim(), DEFAULT_SHARE);
        HybridPlan.Sight sight = new HybridPlan.Sight(
                layout, config.flag("attention_bias", false), Attention.Scores.of(layout.headDim()), turned);
        int channels = HybridFields.channels(config);
        Mamba2Sizes sizes = HybridFields.mamba2(
                config, channels, config.flag("mamba_proj_bias", false), new Gate(channels, true, epsilon));
        Set<Integer> attentions =
                new HashSet<>(config.has("attn_layer_indices") ? config.counts("attn_layer_indices") : Set.of());
        HybridPlan plan = new HybridPlan(config, epsilon, 1);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            plan.add(
                    prefix + "input_layernorm.weight",
                    attentions.contains(layer)
                            ? plan.attention(prefix + "self_attn.", sight)
                            : RecurrentMixers.mamba2(prefix + "mamba", sizes));
            plan.add(
                    prefix + "pre_ff_layernorm.weight",
                    plan.mlp(
                            prefix + "feed_forward.",
                            config.size("intermediate_size"),
                            config.flag("mlp_bias", false)));
        }
        return plan.build(
                RotaryReader.contextTokens(config, turned), HybridPlan.Ends.plain("model.final_layernorm.weight"));
    }
}
