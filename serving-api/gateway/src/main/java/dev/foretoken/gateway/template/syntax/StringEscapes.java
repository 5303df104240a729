package dev.foretoken.gateway.template.syntax;

/** Python's escapes in string literals; an unknown escape stays as it is written. */
final class StringEscapes {
    private static final String SIMPLE = "nrtbfav0\\'\"";
    private static final String MEANING = "\n\r\t\b\f\u0007\u000b\0\\'\"";

    private StringEscapes() {}

    static String decode(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < literal.length(); ) {
            char c = literal.charAt(i);
            i = c == '\\' && i + 1 < literal.length() ? escape(literal, i + 1, out) : plain(c, i, out);
        }
        return out.toString();
    }

    private static int plain(char c, int at, StringBuilder out) {
        out.append(c);
        return at + 1;
    }

    /** Writes the escape whose letter stands at this position; returns the position behind it. */
    private static int escape(String literal, int at, StringBuilder out) {
        char letter = literal.charAt(at);
        int digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
        if (digits > 0 && at + digits < literal.length() && isHex(literal, at + 1, digits)) {
            out.appendCodePoint(Integer.parseInt(literal, at + 1, at + 1 + digits, 16));
            return at + 1 + digits;
        }
        int simple = SIMPLE.indexOf(letter);
        if (simple >= 0) {
            out.append(MEANING.charAt(simple));
        } else if (letter != '\n') {
            out.append('\\').append(letter);
        }
        return at + 1;
    }

    private static boolean isHex(String text, int from, int digits) {
        for (int i = from; i < from + digits; i++) {
            if (Character.digit(text.charAt(i), 16) < 0) {
                return false;
            }
        }
        return digits < 8 || Character.isValidCodePoint((int) Long.parseLong(text, from, from + digits, 16));
    }
}
