package dev.foretoken.gateway.template.eval;

import java.util.Locale;

/** Python's upper and lower case of whole texts. */
final class Casing {
    private Casing() {}

    /** First character in title case, the rest in lower case. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return Character.toString(Character.toTitleCase(first))
                + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    /** {@code str.title}: every run of letters capitalized. */
    static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            out.appendCodePoint(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inside = isCased(c);
        }
        return out.toString();
    }

    static String swap(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .forEach(c -> out.append(
                        Character.isUpperCase(c)
                                ? Character.toString(c).toLowerCase(Locale.ROOT)
                                : Character.toString(c).toUpperCase(Locale.ROOT)));
        return out.toString();
    }

    /** At least one cased character, and none in the other case. */
    static boolean isAll(String text, boolean upper) {
        return text.codePoints().anyMatch(Casing::isCased)
                && text.codePoints()
                        .noneMatch(c -> upper
                                ? Character.isLowerCase(c) || Character.isTitleCase(c)
                                : Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    private static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }
}
