package dev.foretoken.gateway.text;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * Bounds of a {@link Tokenizer}.
 *
 * @param maxInputCharacters longest text that is encoded, in UTF-16 units
 * @param maxFileBytes largest checkpoint file that is read
 */
public record TokenizerLimits(int maxInputCharacters, long maxFileBytes) {
    /** Room for a prompt of a million tokens, and for the largest public vocabularies (about 35 MB). */
    public static final TokenizerLimits DEFAULT = new TokenizerLimits(8 << 20, 256L << 20);

    public TokenizerLimits {
        requireRange("text.max-input-characters", maxInputCharacters, 1, 1 << 28);
        requireRange("text.max-file-bytes", maxFileBytes, 1, Integer.MAX_VALUE);
    }
}
