package dev.foretoken.gateway.text;

/**
 * The text of one sequence, token by token, at constant cost per token.
 *
 * <p>All deltas and the end joined equal the decode of all tokens at once. Characters that are not complete yet are held
 * back. Used by one thread.
 */
public sealed interface IncrementalDetokenizer permits ByteLevelDetokenizer, WindowDetokenizer {
    /** The text this token completes; often empty in the middle of a character. */
    String append(int tokenId);

    /** What was held back. Call once, after the last token. */
    String finish();
}
