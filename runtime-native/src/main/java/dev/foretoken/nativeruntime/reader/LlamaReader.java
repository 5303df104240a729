package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import java.util.Collections;

/** Llama 1 to 3.3 and what copies them. */
final class LlamaReader implements ArchitectureReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        int heads = config.size("num_attention_heads");
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads", heads), config.size("head_dim", config.hiddenShare(heads)));
        boolean attentionBias = config.flag("attention_bias", false);
        return new DecoderTraits(
                layout,
                new DecoderTraits.Biases(attentionBias, attentionBias, config.flag("mlp_bias", false)),
                false,
                Collections.nCopies(config.layers(), 0));
    }
}
