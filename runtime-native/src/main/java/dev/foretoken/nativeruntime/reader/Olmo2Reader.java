package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;

/** OLMo 2: norms of what sublayers add and not of what they read, and of all queries and all keys together. */
final class Olmo2Reader implements DecoderReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads", heads), config.size("head_dim", config.hiddenShare(heads)));
        boolean bias = config.flag("attention_bias", false);
        DecoderTraits.Norms norms = new DecoderTraits.Norms(
                DecoderTraits.Norms.Placement.OUTPUT, DecoderTraits.Norms.QueryKey.WHOLE, 0, config.epsilon(1e-5));
        return DecoderTraits.of(
                        layout,
                        new DecoderTraits.Biases(bias, bias, false),
                        norms,
                        DecoderTraits.Sight.same(
                                config.layers(), 0, new RotaryReader(config).settings(layout.headDim())))
                .with(Activations.of(config, "hidden_act", "silu"));
    }
}
