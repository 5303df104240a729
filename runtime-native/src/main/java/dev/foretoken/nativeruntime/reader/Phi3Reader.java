package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.RotarySettings;

/** Phi-3 and Phi-4 (dense): fused maps, perhaps a window on every layer, and rotary frequencies divided by a list of factors. */
final class Phi3Reader implements DecoderReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads", heads), config.size("head_dim", config.hiddenShare(heads)));
        RotarySettings rotary = new RotaryReader(config).ofPhi3(layout.headDim());
        int window = config.has("sliding_window") ? config.size("sliding_window") : 0;
        return DecoderTraits.of(
                        layout,
                        DecoderTraits.Biases.NONE,
                        DecoderTraits.Norms.ofInputs(config.epsilon(1e-5)),
                        DecoderTraits.Sight.same(config.layers(), window, rotary))
                .with(Activations.of(config, "hidden_act", "silu"))
                .whereFused();
    }
}
