package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;

/** Qwen 2 and 2.5: biases on query, key and value; a window on the later layers. */
final class Qwen2Reader implements DecoderReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads"), config.size("head_dim", config.hiddenShare(heads)));
        return DecoderTraits.of(
                        layout,
                        new DecoderTraits.Biases(true, false, false),
                        DecoderTraits.Norms.ofInputs(config.epsilon(1e-6)),
                        DecoderTraits.Sight.of(
                                LayerWindows.ofQwen(config), new RotaryReader(config).settings(layout.headDim())))
                .with(Activations.of(config, "hidden_act", "silu"));
    }
}
