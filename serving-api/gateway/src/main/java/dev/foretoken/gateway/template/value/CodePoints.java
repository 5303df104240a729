package dev.foretoken.gateway.template.value;

import java.util.ArrayList;
import java.util.List;

/** Texts as Python sees them: sequences of code points. */
public final class CodePoints {
    private CodePoints() {}

    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The UTF-16 index of the code point at this position, which lies in [0, length]. */
    public static int offset(String text, int position) {
        return text.offsetByCodePoints(0, position);
    }

    /** One text per code point. */
    public static List<Value> split(String text) {
        List<Value> out = new ArrayList<>();
        for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
            out.add(new Str(text.substring(i, text.offsetByCodePoints(i, 1))));
        }
        return out;
    }

    /** Order by code point, which differs from {@link String#compareTo} beyond U+FFFF. */
    public static int compare(String a, String b) {
        int limit = Math.min(a.length(), b.length());
        for (int i = 0; i < limit; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothOrNone = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothOrNone ? x - y : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }

    /** Python's {@code str.isspace} for one character; all such characters lie below U+10000. */
    public static boolean isSpace(int c) {
        return c >= 0x9 && c <= 0xd
                || c >= 0x1c && c <= 0x20
                || c == 0x85
                || c == 0xa0
                || c == 0x1680
                || c >= 0x2000 && c <= 0x200a
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    public static String stripStart(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    public static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
