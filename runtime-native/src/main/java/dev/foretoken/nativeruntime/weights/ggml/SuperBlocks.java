package dev.foretoken.nativeruntime.weights.ggml;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;

/** Blocks of 256 whose sub-blocks of 16 or 32 have small integer scales: the products with the block's fp16 factor are kept, in fp32. */
enum SuperBlocks implements BlockDecoder {
    Q2_K(new BlockFormat(4, 16, FloatType.F32, true, CodeBook.UNSIGNED)) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            float scale = Fields.f16(raw, at + 80);
            float minimum = Fields.f16(raw, at + 82);
            for (int sub = 0; sub < 16; sub++) {
                out.scales()[block * 16 + sub] = scale * Fields.low(raw, at + sub);
                out.minimums()[block * 16 + sub] = -(minimum * Fields.high(raw, at + sub));
            }
            for (int i = 0; i < ELEMENTS; i++) {
                out.codes()[block * ELEMENTS + i] = (byte) twoBits(raw, at + 16, i);
            }
        }
    },
    Q3_K(new BlockFormat(4, 16, FloatType.F32, false, CodeBook.LINEAR)) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            float scale = Fields.f16(raw, at + 108);
            for (int sub = 0; sub < 16; sub++) {
                int low = sub < 8 ? Fields.low(raw, at + 96 + sub) : Fields.high(raw, at + 88 + sub);
                int high = Fields.u8(raw, at + 104 + sub % 4) >>> sub / 4 * 2 & 3;
                out.scales()[block * 16 + sub] = scale * ((low | high << 4) - 32);
            }
            for (int i = 0; i < ELEMENTS; i++) {
                int third = Fields.u8(raw, at + i % 32) >>> i / 32 & 1;
                out.codes()[block * ELEMENTS + i] = (byte) ((twoBits(raw, at + 32, i) | third << 2) + 4);
            }
        }
    },
    Q4_K(new BlockFormat(4, 32, FloatType.F32, true, CodeBook.UNSIGNED)) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            ScaledMinimums.read(raw, at, out, block);
            for (int i = 0; i < 4; i++) {
                NibbleBlocks.nibbles(raw, at + 16 + i * 32, out.codes(), block * ELEMENTS + i * 64, 32);
            }
        }
    },
    Q5_K(new BlockFormat(8, 32, FloatType.F32, true, CodeBook.LINEAR)) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            ScaledMinimums.read(raw, at, out, block);
            for (int i = 0; i < ELEMENTS; i++) {
                int fifth = Fields.u8(raw, at + 16 + i % 32) >>> i / 32 & 1;
                int nibble = nibble(raw, at + 48 + i / 64 * 32 + i % 32, i % 64 >= 32);
                out.codes()[block * ELEMENTS + i] = (byte) (ZERO + (nibble | fifth << 4));
            }
        }
    },
    Q6_K(new BlockFormat(8, 16, FloatType.F32, false, CodeBook.LINEAR)) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            float scale = Fields.f16(raw, at + 208);
            for (int sub = 0; sub < 16; sub++) {
                out.scales()[block * 16 + sub] = scale * raw[at + 192 + sub];
            }
            for (int i = 0; i < ELEMENTS; i++) {
                int nibble = nibble(raw, at + i / 128 * 64 + i % 64, i % 128 >= 64);
                int top = Fields.u8(raw, at + 128 + i / 128 * 32 + i % 32) >>> i % 128 / 32 * 2 & 3;
                out.codes()[block * ELEMENTS + i] = (byte) (ZERO - 32 + (nibble | top << 4));
            }
        }
    },
    IQ4_XS(new BlockFormat(4, 32, FloatType.F32, false, CodeBook.IQ4NL)) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            float scale = Fields.f16(raw, at);
            int tops = Fields.u16(raw, at + 2);
            for (int sub = 0; sub < 8; sub++) {
                int low = nibble(raw, at + 4 + sub / 2, sub % 2 == 1);
                out.scales()[block * 8 + sub] = scale * ((low | (tops >>> 2 * sub & 3) << 4) - 32);
                NibbleBlocks.nibbles(raw, at + 8 + sub * 16, out.codes(), block * ELEMENTS + sub * 32, 16);
            }
        }
    };

    private static final int ELEMENTS = 256;
    private static final int ZERO = 128;

    private final BlockFormat format;

    SuperBlocks(BlockFormat format) {
        this.format = format;
    }

    @Override
    public BlockFormat format() {
        return format;
    }

    private static int nibble(byte[] raw, int at, boolean high) {
        return high ? Fields.high(raw, at) : Fields.low(raw, at);
    }

    /** Element {@code i} of two groups of 128, each 32 bytes that hold four elements, 32 apart. */
    private static int twoBits(byte[] raw, int at, int i) {
        return Fields.u8(raw, at + i / 128 * 32 + i % 32) >>> i % 128 / 32 * 2 & 3;
    }
}
