package dev.foretoken.gateway.tensor;

/** The two floating-point types of 16 bits. IEEE 754 binary16 is the JDK's; bfloat16 is the upper half of a float. */
public final class HalfFloats {

    private static final int QUIET_BIT = 0x40;

    private HalfFloats() {}

    /** Rounded to nearest, ties to even. */
    static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | QUIET_BIT);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    public static float ofBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
