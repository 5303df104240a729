package dev.foretoken.nativeruntime.weights.ggml;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;

/** Blocks of 32 that are a scale and 4-bit codes: low nibbles are elements 0 to 15, high nibbles 16 to 31. */
enum NibbleBlocks implements BlockDecoder {
    Q4_0(2, new BlockFormat(4, 32, FloatType.F16, false, CodeBook.LINEAR)) {
        @Override
        void scale(byte[] raw, int at, CodedRow out, int block) {
            out.scales()[block] = Fields.f16(raw, at);
        }
    },
    Q4_1(4, new BlockFormat(4, 32, FloatType.F16, true, CodeBook.UNSIGNED)) {
        @Override
        void scale(byte[] raw, int at, CodedRow out, int block) {
            out.scales()[block] = Fields.f16(raw, at);
            out.minimums()[block] = Fields.f16(raw, at + 2);
        }
    },
    IQ4_NL(2, new BlockFormat(4, 32, FloatType.F16, false, CodeBook.IQ4NL)) {
        @Override
        void scale(byte[] raw, int at, CodedRow out, int block) {
            out.scales()[block] = Fields.f16(raw, at);
        }
    },
    /** The scale is a power of two with an exponent of 8 bits, which bf16 holds; halved because the book has doubled values. */
    MXFP4(1, new BlockFormat(4, 32, FloatType.BF16, false, CodeBook.MXFP4)) {
        @Override
        void scale(byte[] raw, int at, CodedRow out, int block) {
            int exponent = Fields.u8(raw, at);
            out.scales()[block] = Float.intBitsToFloat(exponent < 2 ? 0x0020_0000 << exponent : exponent - 1 << 23);
        }
    };

    private static final int ELEMENTS = 32;

    private final int headBytes;
    private final BlockFormat format;

    NibbleBlocks(int headBytes, BlockFormat format) {
        this.headBytes = headBytes;
        this.format = format;
    }

    abstract void scale(byte[] raw, int at, CodedRow out, int block);

    @Override
    public BlockFormat format() {
        return format;
    }

    @Override
    public void decode(byte[] raw, int at, CodedRow out, int block) {
        scale(raw, at, out, block);
        nibbles(raw, at + headBytes, out.codes(), block * ELEMENTS, ELEMENTS / 2);
    }

    /** Writes {@code count} low nibbles, then as many high ones. */
    static void nibbles(byte[] raw, int at, byte[] codes, int first, int count) {
        for (int i = 0; i < count; i++) {
            codes[first + i] = (byte) Fields.low(raw, at + i);
            codes[first + count + i] = (byte) Fields.high(raw, at + i);
        }
    }
}
