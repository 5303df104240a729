package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;

/** Granite 3 (dense): Llama with multipliers of embeddings, scores, what sublayers add, and logits. */
final class GraniteReader implements DecoderReader {
    @Override
    public DecoderTraits traits(CheckpointConfig config) {
        return new LlamaReader().traits(config).with(scales(config));
    }

    static DecoderTraits.Scales scales(CheckpointConfig config) {
        return new DecoderTraits.Scales(
                (float) config.number("embedding_multiplier", 1),
                (float) config.number("residual_multiplier", 1),
                new Attention.Scores((float) config.number("attention_multiplier", 1), 0),
                (float) (1 / config.positiveNumber("logits_scaling", 1)),
                0);
    }
}
