package dev.foretoken.gateway.text;

import org.jspecify.annotations.Nullable;

/**
 * The answer text of one sequence: tokens in, text to send out, stop strings found on the way. Used by one thread.
 *
 * <p>Every token up to and including the one that completes a stop string counts; tokens offered after it are surplus
 * and ignored.
 */
public final class SequenceText {
    private final IncrementalDetokenizer detokenizer;
    private final StopStrings stops;
    private @Nullable String stop;
    private int tokens;
    private int surplusTokens;

    public SequenceText(IncrementalDetokenizer detokenizer, StopStrings stops) {
        this.detokenizer = detokenizer;
        this.stops = stops;
    }

    /** The text that is final now; empty while it is held back, and after a stop. */
    public String append(int tokenId) {
        if (stop != null) {
            surplusTokens++;
            return "";
        }
        tokens++;
        return scan(detokenizer.append(tokenId));
    }

    /** What was held back. Call once, when the sequence has ended. */
    public String finish() {
        if (stop != null) {
            return "";
        }
        String text = scan(detokenizer.finish());
        return stop == null ? text + stops.finish() : text;
    }

    private String scan(String piece) {
        StopStrings.Scan scan = stops.append(piece);
        stop = scan.stop();
        return scan.text();
    }

    /** The stop string that was found, if any. */
    public @Nullable String stop() {
        return stop;
    }

    /** Tokens that belong to the answer. */
    public int tokens() {
        return tokens;
    }

    /** Tokens that came after the stop; not billed. */
    public int surplusTokens() {
        return surplusTokens;
    }
}
