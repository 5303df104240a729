package dev.foretoken.gateway.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Appends JSON to a growing byte buffer that can be reused. It does not check nesting: callers write braces and commas themselves, as
 * {@link #raw} text.
 */
public final class JsonWriter {

    /** What log-probabilities below any finite value are written as, since JSON has no infinities (OpenAI's value). */
    private static final float LOWEST_LOGPROB = -9999f;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_BYTES_PER_CHAR = 6;

    private byte[] bytes = new byte[512];
    private int size;

    /** Appends ASCII text as it is. */
    public JsonWriter raw(String ascii) {
        int length = ascii.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Appends bytes as they are, e.g. a prefix made earlier. */
    public JsonWriter raw(byte[] prepared) {
        reserve(prepared.length);
        System.arraycopy(prepared, 0, bytes, size, prepared.length);
        size += prepared.length;
        return this;
    }

    /** Appends a quoted string as UTF-8; a lone surrogate becomes U+FFFD. */
    public JsonWriter string(String value) {
        reserve(value.length() * MAX_BYTES_PER_CHAR + 2);
        bytes[size++] = '"';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                fourBytes(Character.toCodePoint(c, value.charAt(++i)));
            } else {
                character(Character.isSurrogate(c) ? '\ufffd' : c);
            }
        }
        bytes[size++] = '"';
        return this;
    }

    private void character(char c) {
        if (c < 0x80) {
            ascii(c);
        } else if (c < 0x800) {
            bytes[size++] = (byte) (0xc0 | c >> 6);
            bytes[size++] = (byte) (0x80 | c & 0x3f);
        } else {
            bytes[size++] = (byte) (0xe0 | c >> 12);
            bytes[size++] = (byte) (0x80 | c >> 6 & 0x3f);
            bytes[size++] = (byte) (0x80 | c & 0x3f);
        }
    }

    private void ascii(char c) {
        if (c == '"' || c == '\\') {
            bytes[size++] = '\\';
            bytes[size++] = (byte) c;
        } else if (c >= 0x20 && c != 0x7f) {
            bytes[size++] = (byte) c;
        } else if (c == '\n') {
            bytes[size++] = '\\';
            bytes[size++] = 'n';
        } else {
            raw("\\u00");
            bytes[size++] = HEX[c >> 4];
            bytes[size++] = HEX[c & 0xf];
        }
    }

    private void fourBytes(int codePoint) {
        bytes[size++] = (byte) (0xf0 | codePoint >> 18);
        bytes[size++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
        bytes[size++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
        bytes[size++] = (byte) (0x80 | codePoint & 0x3f);
    }

    public JsonWriter number(long value) {
        return raw(Long.toString(value));
    }

    public JsonWriter logprob(float value) {
        return raw(Float.toString(Float.isFinite(value) ? value : LOWEST_LOGPROB));
    }

    /** Appends {@code [1,2,3]}. */
    public JsonWriter numbers(int[] values) {
        raw("[");
        for (int i = 0; i < values.length; i++) {
            comma(i).number(values[i]);
        }
        return raw("]");
    }

    /** Appends {@code [1,2,3]} of unsigned bytes. */
    public JsonWriter numbers(byte[] values) {
        raw("[");
        for (int i = 0; i < values.length; i++) {
            comma(i).number(values[i] & 0xff);
        }
        return raw("]");
    }

    /** A comma before every element but the first. */
    public JsonWriter comma(int index) {
        return index == 0 ? this : raw(",");
    }

    public int size() {
        return size;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** Forgets what was written and keeps the memory. */
    public void clear() {
        size = 0;
    }

    private void reserve(int more) {
        long needed = (long) size + more;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("more than 2 GiB of JSON");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
    }
}
