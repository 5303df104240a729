package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Routing;
import java.util.Optional;

/** OLMoE: experts in every layer, norms of all queries and all keys together. */
final class OlmoeReader implements DecoderReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads", heads), config.size("head_dim", config.hiddenShare(heads)));
        boolean bias = config.flag("attention_bias", false);
        DecoderTraits.Norms norms = new DecoderTraits.Norms(
                DecoderTraits.Norms.Placement.INPUT, DecoderTraits.Norms.QueryKey.WHOLE, 0, config.epsilon(1e-5));
        return DecoderTraits.of(
                        layout,
                        new DecoderTraits.Biases(bias, bias, false),
                        norms,
                        DecoderTraits.Sight.same(
                                config.layers(), 0, new RotaryReader(config).settings(layout.headDim())))
                .with(DecoderTraits.Scales.of(layout).withClip(clip(config)));
    }

    private static float clip(CheckpointConfig config) {
        double clip = config.number("clip_qkv", 0);
        if (config.has("clip_qkv") && clip <= 0) {
            throw config.unsupported("clip_qkv", Double.toString(clip), "null or a positive number");
        }
        return (float) clip;
    }

    @Override
    public Optional<ExpertTraits> experts(CheckpointConfig config) {
        Routing routing = Routing.softmax(config.size("num_experts_per_tok", 8), config.flag("norm_topk_prob", false));
        return Optional.of(new ExpertTraits(
                config.experts(64),
                config.size("intermediate_size"),
                routing,
                ExpertNames.QWEN,
                ExpertTraits.EVERY_LAYER));
    }
}
