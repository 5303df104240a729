package dev.foretoken.contract.request;

/**
 * When a sequence ends by itself. Stop strings are text and belong to the edge.
 *
 * @param maxTokens most tokens to generate, at least 1 (0 when only the prompt is scored)
 * @param minTokens stop tokens cannot be drawn before this many tokens
 * @param stopTokens drawing one of these ends the sequence; the token itself is reported. Empty = ignore end of sequence
 */
public record StopConditions(int maxTokens, int minTokens, TokenIds stopTokens) {
    public static StopConditions afterTokens(int maxTokens) {
        return new StopConditions(maxTokens, 0, TokenIds.EMPTY);
    }
}
