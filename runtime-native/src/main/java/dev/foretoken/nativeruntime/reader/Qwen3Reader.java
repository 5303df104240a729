package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;

/** Qwen 3 (dense): norms of each head's query and key; biases only where the configuration says so. */
final class Qwen3Reader implements DecoderReader {
    private static final int DEFAULT_HEAD_DIM = 128;

    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        HeadLayout layout = new HeadLayout(
                config.size("num_attention_heads"),
                config.size("num_key_value_heads"),
                config.size("head_dim", DEFAULT_HEAD_DIM));
        boolean bias = config.flag("attention_bias", false);
        return DecoderTraits.of(
                        layout,
                        new DecoderTraits.Biases(bias, bias, false),
                        DecoderTraits.Norms.ofInputs(config.epsilon(1e-6)).with(DecoderTraits.Norms.QueryKey.HEADS),
                        DecoderTraits.Sight.of(
                                LayerWindows.ofQwen(config), new RotaryReader(config).settings(layout.headDim())))
                .with(Activations.of(config, "hidden_act", "silu"));
    }
}
