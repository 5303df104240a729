package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Qwen3-Next: the gated delta rule in most layers, attention whose result is gated in the others; then experts beside a shared one behind a
 * gate, or a plain MLP. Norm weights are stored less 1, but for those of the delta rule.
 */
final class Qwen3NextReader implements ArchitectureReader {

    private static final double TURNED = 0.25;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        config.requireText("hidden_act", "silu", "silu");
        float epsilon = config.epsilon(1e-6);
        HeadLayout layout = layout(config);
        RotarySettings turned = new RotaryReader(config).partial(layout.headDim(), TURNED);
        HybridPlan.Sight sight = new HybridPlan.Sight(
                layout, config.flag("attention_bias", false), Attention.Scores.of(layout.headDim()), turned);
        DeltaMixers.Sizes sizes = sizes(config, epsilon);
        List<Boolean> attentions = attentionLayers(config);
        ExpertTraits experts = experts(config);
        HybridPlan plan = new HybridPlan(config, epsilon, 1, 1);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            plan.add(
                    prefix + "input_layernorm.weight",
                    attentions.get(layer)
                            ? attention(plan, prefix + "self_attn.", sight)
                            : DeltaMixers.of(prefix + "linear_attn.", sizes));
            feedForward(plan, prefix, config, experts != null && experts.has(layer) ? experts : null);
        }
        return plan.build(RotaryReader.contextTokens(config, turned), HybridPlan.Ends.plain("model.norm.weight"));
    }

    private static HeadLayout layout(CheckpointConfig config) {
        HeadLayout layout = new HeadLayout(
                config.size("num_attention_heads", 16),
                config.size("num_key_value_heads", 2),
                config.size("head_dim", 256));
        DecoderReader.requireWidth(config, layout);
        return layout;
    }

    private static DeltaMixers.Sizes sizes(CheckpointConfig config, float epsilon) {
        DeltaMixers.Sizes sizes = new DeltaMixers.Sizes(
                config.hiddenSize(),
                config.size("linear_num_key_heads", 16),
                config.size("linear_num_value_heads", 32),
                config.size("linear_key_head_dim", 128),
                config.size("linear_value_head_dim", 128),
                config.size("linear_conv_kernel_dim", 4),
                epsilon);
        if (sizes.valueHeads() % sizes.keyHeads() != 0) {
            throw config.unsupported(
                    "linear_num_value_heads",
                    "= " + sizes.valueHeads(),
                    "a multiple of linear_num_key_heads=" + sizes.keyHeads());
        }
        HybridFields.requireFits(
                config, "linear_num_key_heads * linear_key_head_dim", (long) sizes.keyHeads() * sizes.keyDim());
        HybridFields.requireFits(
                config, "linear_num_value_heads * linear_value_head_dim", (long) sizes.valueHeads() * sizes.valueDim());
        return sizes;
    }

    private static List<Boolean> attentionLayers(CheckpointConfig config) {
        if (config.has("layer_types")) {
            return HybridFields.attentionLayers(config);
        }
        int interval = config.size("full_attention_interval", 4);
        return IntStream.rangeClosed(1, config.layers())
                .mapToObj(layer -> layer % interval == 0)
                .toList();
    }

    /** Query and gate of every head lie side by side. */
    private static Attention attention(HybridPlan plan, String prefix, HybridPlan.Sight sight) {
        HeadLayout layout = sight.layout();
        int dim = layout.headDim();
        int width = layout.queryWidth();
        Linear both = plan.linear(prefix + "q_proj", 2 * width, plan.hidden(), sight.bias());
        Attention.Direct maps = new Attention.Direct(
                        both.outputBlocks(0, dim, 2 * dim, width),
                        plan.linear(prefix + "k_proj", layout.keyWidth(), plan.hidden(), sight.bias()),
                        plan.linear(prefix + "v_proj", layout.keyWidth(), plan.hidden(), sight.bias()),
                        plan.linear(prefix + "o_proj", plan.hidden(), width, sight.bias()))
                .withGate(both.outputBlocks(dim, dim, 2 * dim, width));
        Attention.HeadNorms norms = new Attention.HeadNorms(
                plan.norm(prefix + "q_norm.weight", dim), plan.norm(prefix + "k_norm.weight", dim));
        return plan.attention(maps, norms, sight);
    }

    /** Null without experts. */
    private static @Nullable ExpertTraits experts(CheckpointConfig config) {
        if (config.count("num_experts", 512) == 0) {
            return null;
        }
        int step = config.size("decoder_sparse_step", 1);
        Set<Integer> dense = new HashSet<>(config.has("mlp_only_layers") ? config.counts("mlp_only_layers") : Set.of());
        return new ExpertTraits(
                config.experts(512),
                config.size("moe_intermediate_size", 512),
                Routing.softmax(config.size("num_experts_per_tok", 10), config.flag("norm_topk_prob", true)),
                ExpertNames.QWEN,
                layer -> !dense.contains(layer) && (layer + 1) % step == 0);
    }

    private static void feedForward(
            HybridPlan plan, String prefix, CheckpointConfig config, @Nullable ExpertTraits experts) {
        String norm = prefix + "post_attention_layernorm.weight";
        if (experts == null) {
            plan.add(norm, plan.mlp(prefix + "mlp.", config.size("intermediate_size", 5632), false));
            return;
        }
        int shared = config.size("shared_expert_intermediate_size", 512);
        MatrixRef gate = new MatrixRef(prefix + "mlp.shared_expert_gate.weight", 1, plan.hidden());
        plan.add(
                norm,
                experts.moe(prefix, plan.hidden()),
                new SharedExpert(plan.mlp(prefix + "mlp.shared_expert.", shared, false), new Linear(gate, null)));
    }
}
