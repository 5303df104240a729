package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Routing;
import java.util.function.Predicate;

/** DeepSeek-V3 and R1. Layers that predict further tokens, which checkpoints carry behind the others, are not part of the plan. */
final class DeepseekV3Reader implements ArchitectureReader {

    /** Of the norms of short vectors, whatever the configuration says of the others. */
    static final float INNER_EPSILON = 1e-6f;

    @Override
    public ModelPlan read(CheckpointConfig config, Predicate<String> tensors) {
        requireSupported(config);
        LatentSizes sizes = sizes(config);
        RotaryReader rotary = new RotaryReader(config);
        RotarySettings turned = rotary.settings(sizes.dims().turned())
                .with(config.flag("rope_interleave", true) ? RotaryPairing.NEIGHBOURS : RotaryPairing.HALVES);
        double scale = rotary.scoreGrowth()
                / Math.sqrt(sizes.dims().plain() + sizes.dims().turned());
        ExpertTraits experts = experts(config);
        DecoderShape shape = new DecoderShape(
                config.modelType(),
                config.layers(),
                config.hiddenSize(),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.flag("tie_word_embeddings", false),
                RotaryReader.contextTokens(config, turned));
        return DeepseekPlan.build(
                shape,
                new DeepseekPlan.Traits(
                        sizes,
                        turned,
                        new Attention.Scores((float) scale, 0),
                        experts,
                        sharedInner(config, experts),
                        config.epsilon(1e-6)),
                DeepseekPlan.Names.HUGGING_FACE);
    }

    /** What the model's own code knows beside what transformers does: one value each. */
    private static void requireSupported(CheckpointConfig config) {
        config.requireText("hidden_act", "silu", "silu");
        config.requireText("scoring_func", "sigmoid", "sigmoid");
        config.requireText("topk_method", "noaux_tc", "noaux_tc");
        int step = config.size("moe_layer_freq", 1);
        if (step != 1) {
            throw config.unsupported("moe_layer_freq", Integer.toString(step), "1");
        }
        int heads = config.size("num_attention_heads");
        int kvHeads = config.size("num_key_value_heads", heads);
        if (kvHeads != heads) {
            throw config.unsupported("num_key_value_heads", Integer.toString(kvHeads), "num_attention_heads=" + heads);
        }
    }

    private static LatentSizes sizes(CheckpointConfig config) {
        LatentSizes.Dims dims = new LatentSizes.Dims(
                config.size("qk_nope_head_dim", 128),
                config.size("qk_rope_head_dim", 64),
                config.size("kv_lora_rank", 512),
                config.size("v_head_dim", 128));
        int narrow = config.isNull("q_lora_rank") ? 0 : config.size("q_lora_rank", 1536);
        LatentSizes sizes = new LatentSizes(
                config.size("num_attention_heads"), dims, narrow, config.flag("attention_bias", false), INNER_EPSILON);
        if (sizes.width() > CheckpointConfig.MAX_SIZE) {
            throw config.unsupported(
                    "num_attention_heads * head size", "= " + sizes.width(), "at most " + CheckpointConfig.MAX_SIZE);
        }
        return sizes;
    }

    private static ExpertTraits experts(CheckpointConfig config) {
        int count = config.experts("n_routed_experts", 256);
        int dense = config.count("first_k_dense_replace", 3);
        Routing routing = new Routing(
                config.size("num_experts_per_tok", 8),
                Routing.Scoring.SIGMOID,
                config.flag("norm_topk_prob", true),
                (float) config.number("routed_scaling_factor", 2.5),
                null,
                new Routing.Groups(config.size("n_group", 8), config.size("topk_group", 4)));
        return new ExpertTraits(
                count, config.size("moe_intermediate_size", 2048), routing, ExpertNames.QWEN, layer -> layer >= dense);
    }

    private static int sharedInner(CheckpointConfig config, ExpertTraits experts) {
        long inner = (long) config.count("n_shared_experts", 1) * experts.inner();
        if (inner > CheckpointConfig.MAX_SIZE) {
            throw config.unsupported(
                    "n_shared_experts * moe_intermediate_size", "= " + inner, "at most " + CheckpointConfig.MAX_SIZE);
        }
        return (int) inner;
    }
}
