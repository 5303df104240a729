package dev.foretoken.contract.engine;

import java.time.Instant;

/**
 * What callers may know of a served variant.
 *
 * @param contextTokens most tokens of prompt and answer together
 * @param numericsId answers are bit-identical between engines with equal ids (variant digests, kernel path, kernel version)
 */
public record ModelInfo(
        String name,
        ModelState state,
        int vocabularySize,
        int contextTokens,
        String runtime,
        String numericsId,
        Instant loadedAt) {}
