package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.Str;

/** Fills a text up to a width. */
final class Padding {
    private Padding() {}

    static Str left(String text, int width, char fill, Budget budget) {
        return new Str(filler(text, width, fill, budget) + text);
    }

    static Str right(String text, int width, char fill, Budget budget) {
        return new Str(text + filler(text, width, fill, budget));
    }

    /** As a format's {@code ^}: the odd character goes right. */
    static Str middle(String text, int width, char fill, Budget budget) {
        String filler = filler(text, width, fill, budget);
        int before = filler.length() / 2;
        return new Str(filler.substring(0, before) + text + filler.substring(before));
    }

    /** As {@code str.center}: the odd character goes right, unless the width is odd too. */
    static Str center(String text, int width, char fill, Budget budget) {
        String filler = filler(text, width, fill, budget);
        int before = filler.length() / 2 + (filler.length() & width & 1);
        return new Str(filler.substring(0, before) + text + filler.substring(before));
    }

    private static String filler(String text, int width, char fill, Budget budget) {
        int missing = Math.max(0, width - CodePoints.length(text));
        budget.text(missing);
        return String.valueOf(fill).repeat(missing);
    }
}
