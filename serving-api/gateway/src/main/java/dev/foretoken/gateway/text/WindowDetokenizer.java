package dev.foretoken.gateway.text;

import java.util.Arrays;
import java.util.function.Function;

/**
 * For every other vocabulary: the difference between decoding a short window with and without its new tokens.
 *
 * <p>The window starts at the tokens of the last delta, because decoders treat the first token of a text in a special way
 * (SentencePiece drops its leading space); starting both decodes there makes that cancel out. Text that ends in U+FFFD is
 * a byte-fallback character not complete yet, and waits for at most {@link #MAX_WAITING} tokens: a character has four
 * bytes, more waiting tokens mean that the bytes are no character at all.
 */
final class WindowDetokenizer implements IncrementalDetokenizer {
    private static final int MAX_WAITING = 8;
    private static final char REPLACEMENT = '\ufffd';

    private final Vocabulary vocabulary;
    private final boolean skipSpecialTokens;
    private final Function<int[], String> decoder;
    private final int[] window = new int[2 * MAX_WAITING];
    private int shown;
    private int used;

    WindowDetokenizer(Vocabulary vocabulary, boolean skipSpecialTokens, Function<int[], String> decoder) {
        this.vocabulary = vocabulary;
        this.skipSpecialTokens = skipSpecialTokens;
        this.decoder = decoder;
    }

    @Override
    public String append(int tokenId) {
        // Dropped here, not by the decoder, so that a run of them cannot make the window grow.
        if (skipSpecialTokens && vocabulary.isSpecial(tokenId)) {
            return "";
        }
        window[used++] = tokenId;
        String before = decode(shown);
        String after = decode(used);
        boolean waiting = after.length() <= before.length() || after.charAt(after.length() - 1) == REPLACEMENT;
        if (waiting && used - shown < MAX_WAITING) {
            return "";
        }
        advance();
        return difference(before, after);
    }

    @Override
    public String finish() {
        String delta = difference(decode(shown), decode(used));
        advance();
        return delta;
    }

    private String decode(int tokens) {
        return tokens == 0 ? "" : decoder.apply(Arrays.copyOf(window, tokens));
    }

    private static String difference(String before, String after) {
        return after.length() > before.length() ? after.substring(before.length()) : "";
    }

    /** Everything is shown now; the window keeps the tokens of this delta. */
    private void advance() {
        System.arraycopy(window, shown, window, 0, used - shown);
        used -= shown;
        shown = used;
    }
}
