package dev.foretoken.registry.gguf.export;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.util.Set;

/** Encodes fp32 rows as ggml does in its reference code (ggml-quants.c of ggml, MIT): same scales, same rounding. */
final class BlockEncoder {

    /** The types that can be written. */
    static final Set<GgmlType> TYPES = Set.of(GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0);

    private static final int BLOCK = 32;
    private static final int BF16_SHIFT = 16;

    private BlockEncoder() {}

    /** Appends {@code row} to {@code out}, which is little endian; its length is a whole number of blocks. */
    static void encode(GgmlType type, float[] row, ByteBuffer out) {
        switch (type) {
            case F32 -> out.asFloatBuffer().put(row);
            case F16 -> {
                for (int i = 0; i < row.length; i++) {
                    out.putShort(out.position() + 2 * i, Float.floatToFloat16(row[i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < row.length; i++) {
                    out.putShort(out.position() + 2 * i, bfloat16(row[i]));
                }
            }
            case Q8_0, Q4_0 -> {
                blocks(type, row, out);
                return;
            }
            // A set of two dozen types that only a file somebody else made can have.
            default -> throw unsupported(type);
        }
        out.position(out.position() + row.length * type.blockBytes());
    }

    static void requireType(GgmlType type) {
        if (!TYPES.contains(type)) {
            throw unsupported(type);
        }
    }

    private static ForetokenException unsupported(GgmlType type) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID, "GGUF type " + type + " cannot be written, only F32, F16, BF16, Q8_0, Q4_0");
    }

    private static void blocks(GgmlType type, float[] row, ByteBuffer out) {
        for (int at = 0; at < row.length; at += BLOCK) {
            if (type == GgmlType.Q8_0) {
                eightBits(row, at, out);
            } else {
                fourBits(row, at, out);
            }
        }
    }

    /** To nearest, ties to even; NaN stays NaN. */
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> BF16_SHIFT | 64);
        }
        int odd = bits >>> BF16_SHIFT & 1;
        return (short) (bits + 0x7fff + odd >>> BF16_SHIFT);
    }

    private static void eightBits(float[] row, int at, ByteBuffer out) {
        float largest = 0;
        for (int i = 0; i < BLOCK; i++) {
            largest = Math.max(largest, Math.abs(row[at + i]));
        }
        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        out.putShort(Float.floatToFloat16(scale));
        for (int i = 0; i < BLOCK; i++) {
            out.put((byte) awayFromZero(row[at + i] * inverse));
        }
    }

    /** C's roundf. */
    private static int awayFromZero(float value) {
        return (int) (value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5));
    }

    /** The largest by magnitude becomes -8 times the scale; byte i of the block has elements i and i + 16. */
    private static void fourBits(float[] row, int at, ByteBuffer out) {
        float largest = 0;
        for (int i = 0; i < BLOCK; i++) {
            largest = Math.abs(row[at + i]) > Math.abs(largest) ? row[at + i] : largest;
        }
        float scale = largest / -8;
        float inverse = scale == 0 ? 0 : 1 / scale;
        out.putShort(Float.floatToFloat16(scale));
        for (int i = 0; i < BLOCK / 2; i++) {
            int low = nibble(row[at + i] * inverse);
            int high = nibble(row[at + i + BLOCK / 2] * inverse);
            out.put((byte) (low | high << 4));
        }
    }

    private static int nibble(float scaled) {
        return Math.min(15, (int) (scaled + 8.5f));
    }
}
