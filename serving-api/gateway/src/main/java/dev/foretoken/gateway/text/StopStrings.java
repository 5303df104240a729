package dev.foretoken.gateway.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for stop strings in a text that comes in pieces, and holds back what may still become one.
 *
 * <p>The stop that is complete first wins; of several that end at the same character, the longest. So the answer does not
 * depend on how the text was cut into pieces. Each character costs one step per stop (Knuth, Morris, Pratt 1977). Used by
 * one thread.
 */
public final class StopStrings {
    /** What {@link #append} found: text that is final now, and the stop that ended it, if any. */
    public record Scan(String text, @Nullable String stop, int surplusCharacters) {
        /** True once a stop was found; nothing may be appended afterwards. */
        public boolean stopped() {
            return stop != null;
        }
    }

    private final List<StopPattern> patterns;
    private final boolean includeStop;
    private final StringBuilder held = new StringBuilder();

    /**
     * @param stops none empty; no stops at all is allowed and holds nothing back
     * @param includeStop whether the stop itself is part of the text
     */
    public StopStrings(List<String> stops, boolean includeStop) {
        this.patterns = stops.stream().map(StopPattern::new).toList();
        this.includeStop = includeStop;
    }

    /** Takes the next piece of text. {@code surplusCharacters}: how many characters of it lie behind the stop. */
    public Scan append(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            held.append(piece.charAt(i));
            StopPattern match = advance(piece.charAt(i));
            if (match != null) {
                int kept = includeStop ? held.length() : held.length() - match.length();
                return new Scan(take(kept), match.text(), piece.length() - i - 1);
            }
        }
        return new Scan(take(held.length() - longestPartialMatch()), null, 0);
    }

    /** What was held back. Call at the end of the text, if no stop was found. */
    public String finish() {
        return take(held.length());
    }

    private @Nullable StopPattern advance(char next) {
        StopPattern longest = null;
        for (StopPattern pattern : patterns) {
            if (pattern.advance(next) && (longest == null || pattern.length() > longest.length())) {
                longest = pattern;
            }
        }
        return longest;
    }

    private int longestPartialMatch() {
        int longest = 0;
        for (StopPattern pattern : patterns) {
            longest = Math.max(longest, pattern.matched());
        }
        return longest;
    }

    private String take(int characters) {
        String text = held.substring(0, characters);
        held.delete(0, characters);
        return text;
    }
}
