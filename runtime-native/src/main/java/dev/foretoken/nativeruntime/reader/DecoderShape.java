package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.RotarySettings;

/**
 * The sizes that the supported decoders have in common.
 *
 * @param inner width of the MLP
 * @param tied whether the head is the embedding
 */
record DecoderShape(
        String architecture, int layers, int hidden, int inner, int vocabulary, boolean tied, Numbers numbers) {

    /**
     * @param epsilon of every norm
     * @param contextTokens most positions a sequence may have
     */
    record Numbers(float epsilon, int contextTokens, RotarySettings rotary) {}
}
