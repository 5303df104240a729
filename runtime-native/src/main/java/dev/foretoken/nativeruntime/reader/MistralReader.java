package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;

/** Mistral: Llama with a sliding window on every layer, or on none where it is null. */
final class MistralReader implements DecoderReader {
    private static final int DEFAULT_WINDOW = 4096;

    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads"), config.size("head_dim", config.hiddenShare(heads)));
        int window = config.isNull("sliding_window") ? 0 : config.size("sliding_window", DEFAULT_WINDOW);
        return DecoderTraits.of(
                        layout,
                        DecoderTraits.Biases.NONE,
                        DecoderTraits.Norms.ofInputs(config.epsilon(1e-6)),
                        DecoderTraits.Sight.same(
                                config.layers(), window, new RotaryReader(config).settings(layout.headDim())))
                .with(Activations.of(config, "hidden_act", "silu"));
    }
}
