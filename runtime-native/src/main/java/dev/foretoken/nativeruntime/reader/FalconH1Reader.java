package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Gate;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Mamba2Sizes;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Falcon-H1: attention and Mamba-2 over one input in every layer, with a multiplier at every joint, then a gated MLP. */
final class FalconH1Reader implements ArchitectureReader {

    private static final int DEFAULT_KV_HEADS = 8;
    private static final int DEFAULT_CHANNELS = 1024;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        config.requireText("hidden_act", "silu", "silu");
        float epsilon = config.epsilon(1e-5);
        HeadLayout layout = HybridFields.heads(config, DEFAULT_KV_HEADS);
        RotarySettings turned = new RotaryReader(config).settings(layout.headDim());
        HybridPlan.Sight sight = new HybridPlan.Sight(
                layout, config.flag("attention_bias", false), Attention.Scores.of(layout.headDim()), turned);
        Mamba2Sizes sizes = sizes(config, epsilon);
        HybridPlan plan = new HybridPlan(config, epsilon, 1);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            plan.add(
                    prefix + "input_layernorm.weight",
                    scaled(RecurrentMixers.mamba2(prefix + "mamba", sizes), config),
                    scaled(plan.attention(prefix + "self_attn.", sight), config));
            Mlp mlp = plan.mlp(
                    prefix + "feed_forward.", config.size("intermediate_size"), config.flag("mlp_bias", false));
            plan.add(prefix + "pre_ff_layernorm.weight", scaled(mlp, config));
        }
        return plan.build(
                RotaryReader.contextTokens(config, turned),
                new HybridPlan.Ends(
                        "model.embed_tokens.weight",
                        "model.final_layernorm.weight",
                        factor(config, "embedding_multiplier"),
                        factor(config, "lm_head_multiplier")));
    }

    private static Mamba2Sizes sizes(CheckpointConfig config, float epsilon) {
        int channels = config.isNull("mamba_d_ssm")
                ? HybridFields.channels(config)
                : config.size("mamba_d_ssm", DEFAULT_CHANNELS);
        HybridFields.requireFits(config, "mamba_d_ssm", channels);
        return HybridFields.mamba2(
                config, channels, config.flag("projectors_bias", false), gate(config, channels, epsilon));
    }

    private static @Nullable Gate gate(CheckpointConfig config, int channels, float epsilon) {
        int groups = config.size("mamba_n_groups", 1);
        boolean first = !config.flag("mamba_norm_before_gate", true);
        return config.flag("mamba_rms_norm", false) ? new Gate(Math.max(1, channels / groups), first, epsilon) : null;
    }

    /** Multipliers of what {@code in_proj} gives: gate, x, B, C, time. */
    private static Mamba2 scaled(Mamba2 mamba, CheckpointConfig config) {
        List<Float> parts = config.factors("ssm_multipliers", 5);
        float in = factor(config, "ssm_in_multiplier");
        Mamba2.Maps maps = mamba.maps();
        Mamba2.Maps scaled = new Mamba2.Maps(
                maps.gate().ofScaledInput(in).withScaledOutput(parts.get(0)),
                maps.input().ofScaledInput(in),
                maps.time().ofScaledInput(in).withScaledOutput(parts.get(4)),
                maps.output().withScaledOutput(factor(config, "ssm_out_multiplier")));
        int width = mamba.scan().mapWidth();
        List<Convolution.Scale> scales = List.of(
                new Convolution.Scale(mamba.scan().channels(), parts.get(1)),
                new Convolution.Scale(width, parts.get(2)),
                new Convolution.Scale(width, parts.get(3)));
        return new Mamba2(scaled, mamba.convolution().withScales(scales), mamba.scan(), mamba.norm());
    }

    private static Attention scaled(Attention attention, CheckpointConfig config) {
        float in = factor(config, "attention_in_multiplier");
        Attention.Direct maps = attention.direct();
        return attention.withMaps(new Attention.Direct(
                maps.query().ofScaledInput(in),
                maps.key().ofScaledInput(in).withScaledOutput(factor(config, "key_multiplier")),
                maps.value().ofScaledInput(in),
                maps.output().withScaledOutput(factor(config, "attention_out_multiplier"))));
    }

    private static Mlp scaled(Mlp mlp, CheckpointConfig config) {
        List<Float> factors = config.factors("mlp_multipliers", 2);
        return new Mlp(
                mlp.gate() == null ? null : mlp.gate().withScaledOutput(factors.getFirst()),
                mlp.up(),
                mlp.down().withScaledOutput(factors.getLast()),
                mlp.activation());
    }

    private static float factor(CheckpointConfig config, String key) {
        return (float) config.number(key, 1);
    }
}
