package dev.foretoken.nativeruntime.kernels.layout;

import java.util.Locale;

/** What the sixteen 4-bit codes stand for, in multiples of the block's scale. */
public enum CodeBook {
    /** {@code code - 8}: GGUF's Q4_0 and symmetric 4-bit groups. Also the book of 8-bit codes, whose value is {@code code - 128}. */
    LINEAR(-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7),
    /** The code itself: formats with a minimum or a zero point. */
    UNSIGNED(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    /** GGUF's non-linear 4-bit table (IQ4_NL, IQ4_XS). */
    IQ4NL(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113),
    /** Twice the E2M1 numbers of the OCP microscaling format, so that they are integers; the scale is half of the format's. */
    MXFP4(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12),
    ;

    /** Codes of a book. */
    public static final int CODES = 16;

    private final byte[] values = new byte[CODES];

    CodeBook(int... values) {
        for (int code = 0; code < CODES; code++) {
            this.values[code] = (byte) values[code];
        }
    }

    public int value(int code) {
        return values[code];
    }

    /** int8 [16], a copy. */
    public byte[] table() {
        return values.clone();
    }

    /** The code of value 0, or the one nearest to it: what padding is made of. */
    public int zero() {
        return switch (this) {
            case LINEAR, IQ4NL -> 8;
            case UNSIGNED, MXFP4 -> 0;
        };
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
