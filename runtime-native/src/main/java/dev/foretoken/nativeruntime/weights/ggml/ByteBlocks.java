package dev.foretoken.nativeruntime.weights.ggml;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;

/** Blocks of 32 with codes of 5 or 8 bits: kept with 8. */
enum ByteBlocks implements BlockDecoder {
    Q8_0(false) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            out.scales()[block] = Fields.f16(raw, at);
            for (int i = 0; i < ELEMENTS; i++) {
                out.codes()[block * ELEMENTS + i] = (byte) (raw[at + 2 + i] + ZERO);
            }
        }
    },
    Q5_0(false) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            out.scales()[block] = Fields.f16(raw, at);
            fives(raw, at + 2, out.codes(), block * ELEMENTS, ZERO - 16);
        }
    },
    Q5_1(true) {
        @Override
        public void decode(byte[] raw, int at, CodedRow out, int block) {
            out.scales()[block] = Fields.f16(raw, at);
            out.minimums()[block] = Fields.f16(raw, at + 2);
            fives(raw, at + 4, out.codes(), block * ELEMENTS, ZERO);
        }
    };

    private static final int ELEMENTS = 32;
    private static final int ZERO = 128;

    private final BlockFormat format;

    ByteBlocks(boolean minimum) {
        this.format = new BlockFormat(8, ELEMENTS, FloatType.F16, minimum, CodeBook.LINEAR);
    }

    @Override
    public BlockFormat format() {
        return format;
    }

    /** 32 fifth bits, then 16 bytes of nibbles. */
    private static void fives(byte[] raw, int at, byte[] codes, int first, int added) {
        int fifth = Fields.u32(raw, at);
        for (int i = 0; i < ELEMENTS / 2; i++) {
            codes[first + i] = (byte) ((Fields.low(raw, at + 4 + i) | (fifth >>> i & 1) << 4) + added);
            codes[first + 16 + i] = (byte) ((Fields.high(raw, at + 4 + i) | (fifth >>> i + 16 & 1) << 4) + added);
        }
    }
}
