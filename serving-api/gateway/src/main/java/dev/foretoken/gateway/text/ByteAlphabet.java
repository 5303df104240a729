package dev.foretoken.gateway.text;

import java.nio.charset.StandardCharsets;

/**
 * The printable stand-ins that byte-level vocabularies (GPT-2's scheme) use for bytes.
 *
 * <p>Printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 onwards in ascending order.
 */
final class ByteAlphabet {
    private static final int FIRST_STAND_IN = 0x100;
    private static final int STAND_INS = 68;
    private static final byte[] HIDDEN = hidden();

    private ByteAlphabet() {}

    /** The bytes a piece stands for; a piece with a character outside the alphabet stands for its own UTF-8. */
    static byte[] bytes(String piece) {
        byte[] out = new byte[piece.length()];
        for (int i = 0; i < out.length; i++) {
            int value = byteOf(piece.charAt(i));
            if (value < 0) {
                return piece.getBytes(StandardCharsets.UTF_8);
            }
            out[i] = (byte) value;
        }
        return out;
    }

    private static int byteOf(char c) {
        if (c >= FIRST_STAND_IN && c < FIRST_STAND_IN + STAND_INS) {
            return HIDDEN[c - FIRST_STAND_IN] & 0xff;
        }
        return c < FIRST_STAND_IN && isPrintable(c) ? c : -1;
    }

    private static boolean isPrintable(int c) {
        return (c >= '!' && c <= '~') || (c >= 0xa1 && c <= 0xac) || (c >= 0xae && c <= 0xff);
    }

    private static byte[] hidden() {
        byte[] out = new byte[STAND_INS];
        int n = 0;
        for (int b = 0; b < FIRST_STAND_IN; b++) {
            if (!isPrintable(b)) {
                out[n++] = (byte) b;
            }
        }
        return out;
    }
}
