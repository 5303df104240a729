package dev.foretoken.nativeruntime.kernels.layout;

/**
 * The 8-bit floating-point type E4M3 (arXiv 2209.05433): sign, 4 bits of exponent with bias 7, 3 bits of fraction; no infinities; all ones
 * are NaN. BF16 and F16 hold each of its numbers exactly.
 */
public final class E4m3 {
    /** The largest number. */
    public static final float LARGEST = 448;

    private static final int LARGEST_CODE = 0x7e;
    private static final int SIGN = 0x80;
    private static final int FRACTION_BITS = 3;
    /** fp32 has 23 bits of fraction. */
    private static final int SHIFT = 23 - FRACTION_BITS;
    /** What the exponents' biases, 127 and 7, differ by. */
    private static final int BIAS = 120;
    /** Below it numbers are multiples of {@link #STEP}. */
    private static final float SMALLEST_NORMAL = 0x1p-6f;

    private static final float STEP = 0x1p-9f;

    private E4m3() {}

    /** What {@code code} stands for; its low 8 bits count. */
    public static float value(int code) {
        int magnitude = code & ~SIGN & 0xff;
        if (magnitude > LARGEST_CODE) {
            return Float.NaN;
        }
        float value = magnitude < 1 << FRACTION_BITS
                ? magnitude * STEP
                : Float.intBitsToFloat((magnitude + (BIAS << FRACTION_BITS)) << SHIFT);
        return (code & SIGN) == 0 ? value : -value;
    }

    /** The code of the nearest number, ties to even; beyond the largest: the largest. {@code x} is a number. */
    public static byte nearest(float x) {
        float magnitude = Math.min(Math.abs(x), LARGEST);
        int code;
        if (magnitude < SMALLEST_NORMAL) {
            code = (int) Math.rint(magnitude / STEP);
        } else {
            int bits = Float.floatToRawIntBits(magnitude);
            int rounded = (bits + (1 << SHIFT - 1) - 1 + (bits >>> SHIFT & 1)) >>> SHIFT;
            code = rounded - (BIAS << FRACTION_BITS);
        }
        return (byte) (Float.floatToRawIntBits(x) < 0 ? code | SIGN : code);
    }
}
