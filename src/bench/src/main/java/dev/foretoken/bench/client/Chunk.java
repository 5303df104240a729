package dev.foretoken.bench.client;

import org.jspecify.annotations.Nullable;

/**
 * One streamed piece of an answer.
 *
 * @param text new text, possibly empty
 * @param tokens tokens the client can count in it: the length of {@code token_ids} where the server sends it, else 1 for
 *     a piece with text and 0 for one without
 * @param countedById whether {@code tokens} comes from {@code token_ids}
 * @param error message of an error the server reports inside the stream
 */
public record Chunk(
        String text,
        int tokens,
        boolean countedById,
        @Nullable String finishReason,
        @Nullable Usage usage,
        @Nullable String error) {}
