package dev.foretoken.gateway.text;

/** One stop string and how much of it the text so far ends in. */
final class StopPattern {
    private final String text;
    private final int[] fallback;
    private int matched;

    StopPattern(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("A stop string is empty, expected at least one character");
        }
        this.text = text;
        this.fallback = fallback(text);
    }

    /** fallback[n]: length of the longest proper prefix of the first n characters that is also their suffix. */
    private static int[] fallback(String text) {
        int[] out = new int[text.length() + 1];
        for (int n = 2, length = 0; n <= text.length(); n++) {
            while (length > 0 && text.charAt(length) != text.charAt(n - 1)) {
                length = out[length];
            }
            if (text.charAt(length) == text.charAt(n - 1)) {
                length++;
            }
            out[n] = length;
        }
        return out;
    }

    /** Takes one character; true if the stop string ends there. */
    boolean advance(char next) {
        if (matched == text.length()) {
            matched = fallback[matched];
        }
        while (matched > 0 && text.charAt(matched) != next) {
            matched = fallback[matched];
        }
        if (text.charAt(matched) == next) {
            matched++;
        }
        return matched == text.length();
    }

    /** How many characters of this stop the text ends in. */
    int matched() {
        return matched;
    }

    int length() {
        return text.length();
    }

    String text() {
        return text;
    }
}
