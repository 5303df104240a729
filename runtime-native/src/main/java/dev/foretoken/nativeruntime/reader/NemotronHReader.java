package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Gate;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Heads;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Limits;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Mamba2Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Nemotron-H: one mixer per layer: Mamba-2, attention without positions, an MLP without gate, or experts of the like beside a shared one.
 * Transformers reads neither {@code attention_bias} nor {@code sliding_window}, ties no embeddings where the file has a head, and takes the
 * lower limit of time steps from {@code time_step_min}.
 */
final class NemotronHReader implements ArchitectureReader {

    private static final int DEFAULT_CONTEXT = 4096;
    private static final int DEFAULT_KV_HEADS = 8;
    private static final int DEFAULT_HEAD_DIM = 128;

    /** Kind of a layer. */
    private enum Kind {
        STATE,
        ATTENTION,
        MLP,
        EXPERTS,
    }

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        config.requireText("mamba_hidden_act", "silu", "silu");
        float epsilon = (float) config.number("layer_norm_epsilon", 1e-5);
        HeadLayout layout = layout(config);
        HybridPlan.Sight sight = new HybridPlan.Sight(layout, false, Attention.Scores.of(layout.headDim()), null);
        Mamba2Sizes sizes = sizes(config, epsilon);
        Activation activation = Activations.of(config, "mlp_hidden_act", "relu2");
        HybridPlan plan = new HybridPlan(config, epsilon, 1);
        List<Kind> kinds = kinds(config);
        for (int layer = 0; layer < kinds.size(); layer++) {
            String prefix = "backbone.layers." + layer + ".";
            Mixer[] mixers = switch (kinds.get(layer)) {
                case STATE -> new Mixer[] {RecurrentMixers.mamba2(prefix + "mixer", sizes)};
                case ATTENTION -> new Mixer[] {plan.attention(prefix + "mixer.", sight)};
                case MLP ->
                    new Mixer[] {mlp(plan, prefix + "mixer.", config, config.size("intermediate_size"), activation)};
                case EXPERTS -> experts(plan, prefix + "mixer.", config, activation);
            };
            plan.add(prefix + "norm.weight", mixers);
        }
        return plan.build(
                config.size("max_position_embeddings", DEFAULT_CONTEXT),
                new HybridPlan.Ends("backbone.embeddings.weight", "backbone.norm_f.weight", 1, 1),
                config.flag("tie_word_embeddings", false) && !tensors.test("lm_head.weight"));
    }

    private static HeadLayout layout(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        int absent = config.isNull("num_key_value_heads") ? heads : DEFAULT_KV_HEADS;
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads", absent), config.size("head_dim", DEFAULT_HEAD_DIM));
        DecoderReader.requireWidth(config, layout);
        return layout;
    }

    private static Mlp mlp(HybridPlan plan, String prefix, CheckpointConfig config, int inner, Activation activation) {
        boolean bias = config.flag("mlp_bias", false);
        return new Mlp(
                null,
                plan.linear(prefix + "up_proj", inner, plan.hidden(), bias),
                plan.linear(prefix + "down_proj", plan.hidden(), inner, bias),
                activation);
    }

    private static Mixer[] experts(HybridPlan plan, String prefix, CheckpointConfig config, Activation activation) {
        if (config.has("moe_latent_size")) {
            throw config.unsupported("moe_latent_size", "= " + config.size("moe_latent_size"), "null");
        }
        int count = config.experts("n_routed_experts", 8);
        int inner = config.size("moe_intermediate_size", 7688);
        List<Mlp> experts = new ArrayList<>();
        for (int expert = 0; expert < count; expert++) {
            String name = prefix + "experts." + expert + ".";
            experts.add(new Mlp(
                    null,
                    plan.linear(name + "up_proj", inner, plan.hidden(), false),
                    plan.linear(name + "down_proj", plan.hidden(), inner, false),
                    activation));
        }
        Linear router = plan.linear(prefix + "gate", count, plan.hidden(), false);
        int shared = config.size("moe_shared_expert_intermediate_size", 7688);
        return new Mixer[] {
            new Moe(router, routing(config, prefix, count), experts),
            mlp(plan, prefix + "shared_experts.", config, shared, activation)
        };
    }

    private static Routing routing(CheckpointConfig config, String prefix, int count) {
        return new Routing(
                config.size("num_experts_per_tok", 2),
                Routing.Scoring.SIGMOID,
                config.flag("norm_topk_prob", true),
                (float) config.number("routed_scaling_factor", 1),
                new VectorRef(prefix + "gate.e_score_correction_bias", count),
                new Routing.Groups(config.size("n_group", 1), config.size("topk_group", 1)));
    }

    private static Mamba2Sizes sizes(CheckpointConfig config, float epsilon) {
        Heads heads = new Heads(
                config.size("mamba_num_heads", 128),
                config.size("mamba_head_dim", 64),
                config.size("ssm_state_size", 128),
                config.size(config.has("mamba_n_groups") ? "mamba_n_groups" : "n_groups", 8));
        HybridFields.requireFits(config, "mamba_num_heads * mamba_head_dim", (long) heads.count() * heads.dim());
        HybridFields.requireFits(config, "n_groups * ssm_state_size", (long) heads.groups() * heads.states());
        boolean bias = config.flag("use_bias", false);
        String low = config.has("mamba_dt_min") ? "mamba_dt_min" : "time_step_min";
        return new Mamba2Sizes(
                config.hiddenSize(),
                heads,
                config.size(config.has("mamba_d_conv") ? "mamba_d_conv" : "conv_kernel", 4),
                new RecurrentMixers.Biases(bias, bias),
                config.flag(config.has("mamba_conv_bias") ? "mamba_conv_bias" : "use_conv_bias", true),
                new Limits((float) config.number(low, 0.001), Float.POSITIVE_INFINITY),
                new Gate(Math.max(1, heads.channels() / heads.groups()), true, epsilon));
    }

    /** By {@code layers_block_type}, or by a letter per layer as older files have it. */
    private static List<Kind> kinds(CheckpointConfig config) {
        String key = config.has("layers_block_type") ? "layers_block_type" : "layer_types";
        List<String> types = config.has(key)
                ? config.texts(key)
                : config.text("hybrid_override_pattern", "")
                        .chars()
                        .mapToObj(Character::toString)
                        .toList();
        List<Kind> kinds = new ArrayList<>();
        for (String type : types) {
            kinds.add(
                    switch (type) {
                        case "linear_attention", "mamba", "M" -> Kind.STATE;
                        case "full_attention", "attention", "*" -> Kind.ATTENTION;
                        case "mlp", "-" -> Kind.MLP;
                        case "moe", "E" -> Kind.EXPERTS;
                        default ->
                            throw config.unsupported(
                                    "layers_block_type",
                                    "\"" + type + "\"",
                                    "linear_attention (M), full_attention (*), mlp (-) or moe (E)");
                    });
        }
        if (kinds.isEmpty()) {
            throw config.unsupported("layers_block_type", "without entries", "one entry per layer");
        }
        return kinds;
    }
}
