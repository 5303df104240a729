package dev.foretoken.nativeruntime.weights.ggml;

/** The eight 6-bit scales and eight 6-bit minimums that Q4_K and Q5_K pack into 12 bytes behind their two fp16 factors. */
final class ScaledMinimums {

    private static final int SUB_BLOCKS = 8;

    private ScaledMinimums() {}

    /** Writes the products of factor and 6-bit number: exact in fp32. {@code at}: of the first factor. */
    static void read(byte[] raw, int at, CodedRow out, int block) {
        float scale = Fields.f16(raw, at);
        float minimum = Fields.f16(raw, at + 2);
        for (int i = 0; i < SUB_BLOCKS; i++) {
            out.scales()[block * SUB_BLOCKS + i] = scale * scale(raw, at + 4, i);
            out.minimums()[block * SUB_BLOCKS + i] = -(minimum * minimum(raw, at + 4, i));
        }
    }

    private static int scale(byte[] raw, int at, int i) {
        return i < 4 ? raw[at + i] & 63 : Fields.low(raw, at + i + 4) | (Fields.u8(raw, at + i - 4) >>> 6) << 4;
    }

    private static int minimum(byte[] raw, int at, int i) {
        return i < 4 ? raw[at + i + 4] & 63 : Fields.high(raw, at + i + 4) | (Fields.u8(raw, at + i) >>> 6) << 4;
    }
}
