package dev.foretoken.nativeruntime.weights.ggml;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;

/**
 * Maps blocks of one ggml encoding (ggml, src/ggml-common.h and ggml-quants.c describe the bytes) onto a format of ours such that {@code
 * scale * value(code) + minimum}, rounded after the product and after the sum, is bit for bit what ggml's dequantization gives.
 */
interface BlockDecoder {

    BlockFormat format();

    /**
     * Decodes one ggml block.
     *
     * @param raw holds the block from byte {@code at} on
     * @param block its number within the row
     */
    void decode(byte[] raw, int at, CodedRow out, int block);
}
