package dev.foretoken.nativeruntime.reader;

/**
 * The sizes that the supported decoders have in common.
 *
 * @param inner width of the MLP
 * @param tied whether the head is the embedding
 * @param contextTokens most positions a sequence may have
 */
record DecoderShape(
        String architecture, int layers, int hidden, int inner, int vocabulary, boolean tied, int contextTokens) {}
