package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;

/** Llama 1 to 3.3 and what copies them. */
final class LlamaReader implements DecoderReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads", heads), config.size("head_dim", config.hiddenShare(heads)));
        boolean attentionBias = config.flag("attention_bias", false);
        return DecoderTraits.of(
                        layout,
                        new DecoderTraits.Biases(attentionBias, attentionBias, config.flag("mlp_bias", false)),
                        DecoderTraits.Norms.ofInputs(config.epsilon(1e-6)),
                        DecoderTraits.Sight.same(
                                config.layers(), 0, new RotaryReader(config).settings(layout.headDim())))
                .with(Activations.of(config, "hidden_act", "silu"));
    }
}
