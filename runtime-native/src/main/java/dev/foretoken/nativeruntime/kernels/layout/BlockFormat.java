package dev.foretoken.nativeruntime.kernels.layout;

import java.util.Locale;

/**
 * How the weights of a block of consecutive inputs are encoded: {@code weight = scale * value(code) + minimum}, with one scale (and one
 * minimum, if the format has it) per output row and block.
 *
 * @param bits of a code: 8 (stored unsigned, {@code value = code - 128} in [-128, 127]) or 4 ({@code value = book.value(code)})
 * @param block consecutive inputs k that share a scale: 16, 32, 64 or 128
 * @param scaleType of scales and minimums
 * @param minimum whether a minimum is added
 * @param book LINEAR for 8 bits
 */
public record BlockFormat(int bits, int block, FloatType scaleType, boolean minimum, CodeBook book) {
    /** GGUF's Q8_0 as it is stored. */
    public static final BlockFormat Q8_0 = new BlockFormat(8, 32, FloatType.F16, false, CodeBook.LINEAR);
    /** GGUF's Q4_0 as it is stored. */
    public static final BlockFormat Q4_0 = new BlockFormat(4, 32, FloatType.F16, false, CodeBook.LINEAR);

    public BlockFormat {
        if (bits != 4 && bits != 8) {
            throw new IllegalArgumentException("bits=%d, must be 4 or 8".formatted(bits));
        }
        if (block != 16 && block != 32 && block != 64 && block != 128) {
            throw new IllegalArgumentException("block=%d, must be 16, 32, 64 or 128".formatted(block));
        }
        if (bits == 8 && book != CodeBook.LINEAR) {
            throw new IllegalArgumentException("book=%s with 8 bits, must be LINEAR".formatted(book));
        }
    }

    /** 4 bits with a minimum, in groups of {@code block} inputs. */
    public static BlockFormat grouped4(int block) {
        return new BlockFormat(4, block, FloatType.F16, true, CodeBook.UNSIGNED);
    }

    /** The multiple of the scale that {@code code} stands for. */
    public int value(int code) {
        return bits == 8 ? code - 128 : book.value(code);
    }

    /** The code that padding is made of; with the scale 0 it adds nothing. */
    public int zeroCode() {
        return bits == 8 ? 128 : book.zero();
    }

    /** Bytes of scales, or of scales and minimums, in front of the codes of one block of one panel. */
    public int headBytes() {
        return (minimum ? 2 : 1) * WeightMatrix.PANEL_ROWS * scaleType.bytes();
    }

    /** Bytes of one block of one panel: 16 rows. */
    public int blockBytes() {
        return headBytes() + WeightMatrix.PANEL_ROWS * block * bits / 8;
    }

    /** Whether a matrix of {@code columns} inputs can be kept in this format. */
    public boolean fits(int columns) {
        return columns % block == 0;
    }

    /** Short, for logs and model information; distinct for distinct formats. Example: {@code 4-bit unsigned g128 f16 min}. */
    public String label() {
        String scales = scaleType.name().toLowerCase(Locale.ROOT) + (minimum ? " min" : "");
        return "%d-bit %s g%d %s".formatted(bits, book.label(), block, scales);
    }
}
