package dev.foretoken.contract.request;

import java.util.List;

/**
 * What the model reads before it generates.
 *
 * @param tokens one id per position; at positions inside {@code embeddings} the id is a placeholder
 * @param embeddings ascending, without overlap; empty for text
 */
public record Prompt(TokenIds tokens, List<EmbeddingSpan> embeddings) {
    public Prompt {
        embeddings = List.copyOf(embeddings);
    }

    public static Prompt of(TokenIds tokens) {
        return new Prompt(tokens, List.of());
    }

    public static Prompt of(int... ids) {
        return of(TokenIds.of(ids));
    }

    public int size() {
        return tokens.size();
    }
}
