package dev.foretoken.gateway.text;

/**
 * Turns bytes into text as they come, keeping back a character that is not complete yet.
 *
 * <p>Malformed bytes become U+FFFD, one per maximal subpart (the WHATWG and Unicode recommendation, and what the tokenizer
 * library does). The JDK's decoder is not used because it replaces an encoded surrogate once instead of three times.
 */
final class Utf8Stream {
    private static final char REPLACEMENT = '\ufffd';

    private int codePoint;
    private int missing;
    private int low = 0x80;
    private int high = 0xbf;

    /** The text that these bytes complete. */
    String append(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length + 1);
        for (byte b : bytes) {
            int value = b & 0xff;
            if (missing > 0 && (value < low || value > high)) {
                out.append(REPLACEMENT);
                missing = 0;
            }
            if (missing > 0) {
                follow(value, out);
            } else {
                lead(value, out);
            }
        }
        return out.toString();
    }

    /** What is left at the end: U+FFFD if a character stayed incomplete. */
    String finish() {
        boolean cut = missing > 0;
        missing = 0;
        return cut ? String.valueOf(REPLACEMENT) : "";
    }

    private void lead(int value, StringBuilder out) {
        low = 0x80;
        high = 0xbf;
        if (value < 0x80) {
            out.append((char) value);
        } else if (value >= 0xc2 && value <= 0xdf) {
            start(value & 0x1f, 1);
        } else if (value >= 0xe0 && value <= 0xef) {
            low = value == 0xe0 ? 0xa0 : 0x80;
            high = value == 0xed ? 0x9f : 0xbf;
            start(value & 0x0f, 2);
        } else if (value >= 0xf0 && value <= 0xf4) {
            low = value == 0xf0 ? 0x90 : 0x80;
            high = value == 0xf4 ? 0x8f : 0xbf;
            start(value & 0x07, 3);
        } else {
            out.append(REPLACEMENT);
        }
    }

    private void start(int bits, int following) {
        codePoint = bits;
        missing = following;
    }

    private void follow(int value, StringBuilder out) {
        low = 0x80;
        high = 0xbf;
        codePoint = codePoint << 6 | value & 0x3f;
        if (--missing == 0) {
            out.appendCodePoint(codePoint);
        }
    }
}
