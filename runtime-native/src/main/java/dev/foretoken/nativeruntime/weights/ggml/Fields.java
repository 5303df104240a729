package dev.foretoken.nativeruntime.weights.ggml;

/** Little-endian fields of blocks. */
final class Fields {

    private Fields() {}

    static int u8(byte[] raw, int at) {
        return raw[at] & 0xFF;
    }

    static int u16(byte[] raw, int at) {
        return u8(raw, at) | u8(raw, at + 1) << 8;
    }

    static int u32(byte[] raw, int at) {
        return u16(raw, at) | u16(raw, at + 2) << 16;
    }

    static float f16(byte[] raw, int at) {
        return Float.float16ToFloat((short) u16(raw, at));
    }

    static int low(byte[] raw, int at) {
        return raw[at] & 15;
    }

    static int high(byte[] raw, int at) {
        return raw[at] >>> 4 & 15;
    }
}
