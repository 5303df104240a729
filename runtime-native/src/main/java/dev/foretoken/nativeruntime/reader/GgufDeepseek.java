package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufMetadata;

/** DeepSeek-V3 from a GGUF file, with the maps out of latent vectors in one tensor or in two. */
final class GgufDeepseek {

    static final String ARCHITECTURE = "deepseek2";
    private static final String PREFIX = ARCHITECTURE + ".";
    private static final String GATING = PREFIX + "expert_gating_func";
    /** What stands for the sigmoid. */
    private static final int SIGMOID = 2;

    private final GgufFile file;
    private final GgufMetadata metadata;

    GgufDeepseek(GgufFile file) {
        this.file = file;
        this.metadata = file.metadata();
    }

    /** {@code layers}, {@code hidden}, {@code vocabulary}: of the model. */
    ModelPlan plan(int layers, int hidden, int vocabulary) {
        boolean split = file.tensor("blk.0.attn_k_b.weight").isPresent();
        LatentSizes sizes = sizes();
        GgufRotary rotary = new GgufRotary(file, PREFIX);
        RotarySettings turned = rotary.settings(sizes.dims().turned()).with(RotaryPairing.NEIGHBOURS);
        double scale = rotary.scoreGrowth()
                / Math.sqrt(sizes.dims().plain() + sizes.dims().turned());
        ExpertTraits experts = experts();
        DecoderShape shape = new DecoderShape(
                ARCHITECTURE,
                layers,
                hidden,
                size("feed_forward_length"),
                vocabulary,
                file.tensor("output.weight").isEmpty(),
                RotaryReader.contextTokens(turned.scaling(), size("context_length")));
        return DeepseekPlan.build(
                shape,
                new DeepseekPlan.Traits(
                        sizes, turned, new Attention.Scores((float) scale, 0), experts, sharedInner(experts), (float)
                                metadata.number(PREFIX + "attention.layer_norm_rms_epsilon", 1e-6)),
                DeepseekPlan.Names.gguf(split ? LatentNames.GGUF : LatentNames.GGUF_WHOLE));
    }

    /** Files that hold latent vectors as keys give the sizes of heads under other names. */
    private LatentSizes sizes() {
        int turned = size("rope.dimension_count");
        int key = count("attention.key_length_mla", count("attention.key_length", 0));
        int value = count("attention.value_length_mla", count("attention.value_length", 0));
        if (key <= turned || value == 0) {
            throw metadata.unsupported(
                    PREFIX + "attention.key_length",
                    Integer.toString(key),
                    "above rope.dimension_count=" + turned + ", with a value_length");
        }
        LatentSizes.Dims dims = new LatentSizes.Dims(key - turned, turned, size("attention.kv_lora_rank"), value);
        LatentSizes sizes = new LatentSizes(
                size("attention.head_count"),
                dims,
                count("attention.q_lora_rank", 0),
                false,
                DeepseekV3Reader.INNER_EPSILON);
        if (sizes.width() > CheckpointConfig.MAX_SIZE) {
            throw metadata.unsupported(
                    PREFIX + "attention.head_count * head size",
                    "= " + sizes.width(),
                    "at most " + CheckpointConfig.MAX_SIZE);
        }
        return sizes;
    }

    private ExpertTraits experts() {
        int gating = count("expert_gating_func", 0);
        if (gating != SIGMOID) {
            throw metadata.unsupported(GATING, Integer.toString(gating), SIGMOID + " (sigmoid), as DeepSeek-V3 has it");
        }
        int dense = count("leading_dense_block_count", 0);
        Routing routing = new Routing(
                size("expert_used_count"),
                Routing.Scoring.SIGMOID,
                metadata.flag(PREFIX + "expert_weights_norm", false),
                (float) metadata.number(PREFIX + "expert_weights_scale", 1),
                null,
                new Routing.Groups(
                        Math.max(1, count("expert_group_count", 1)), Math.max(1, count("expert_group_used_count", 1))));
        return new ExpertTraits(
                metadata.integer(PREFIX + "expert_count", 1, ExpertTraits.MAX_EXPERTS),
                size("expert_feed_forward_length"),
                routing,
                ExpertNames.GGUF,
                layer -> layer >= dense);
    }

    private int sharedInner(ExpertTraits experts) {
        long inner = (long) count("expert_shared_count", 0) * experts.inner();
        if (inner > CheckpointConfig.MAX_SIZE) {
            throw metadata.unsupported(
                    PREFIX + "expert_shared_count", "= " + inner, "at most " + CheckpointConfig.MAX_SIZE);
        }
        return (int) inner;
    }

    private int size(String key) {
        return metadata.integer(PREFIX + key, 1, CheckpointConfig.MAX_SIZE);
    }

    private int count(String key, int absent) {
        return metadata.integer(PREFIX + key, 0, CheckpointConfig.MAX_SIZE, absent);
    }
}
