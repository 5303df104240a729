package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TextBuilder;

/** Python's {@code str.replace}: an empty text to look for is found between all characters. */
final class TextReplacement {
    private TextReplacement() {}

    /** @param limit replacements at most; negative for all */
    static Str of(String text, String old, String replacement, int limit, Budget budget) {
        int left = limit < 0 ? Integer.MAX_VALUE : limit;
        TextBuilder out = new TextBuilder(budget);
        int from = 0;
        if (old.isEmpty()) {
            return between(text, replacement, left, out);
        }
        for (int at = text.indexOf(old); at >= 0 && left > 0; at = text.indexOf(old, from), left--) {
            out.append(text.substring(from, at)).append(replacement);
            from = at + old.length();
        }
        return new Str(out.append(text.substring(from)).toString());
    }

    private static Str between(String text, String replacement, int limit, TextBuilder out) {
        int position = 0;
        int length = CodePoints.length(text);
        for (int i = 0; i <= length; i++) {
            out.append(i < limit ? replacement : "");
            if (i < length) {
                int next = text.offsetByCodePoints(position, 1);
                out.append(text.substring(position, next));
                position = next;
            }
        }
        return new Str(out.toString());
    }
}
