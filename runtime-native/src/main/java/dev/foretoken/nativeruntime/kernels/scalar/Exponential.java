package dev.foretoken.nativeruntime.kernels.scalar;

/**
 * exp and what is made of it, in fp32 operations that every instruction set has, so that scans give the same bits everywhere. Coefficients of
 * {@link #exp}: Cephes expf (Moshier), as in {@code math_body.h}.
 */
public final class Exponential {

    private static final float HIGHEST = 88;
    private static final float LOWEST = -87;
    private static final float LOWEST_POWER = -100;
    /** 1.5 * 2^23: the last bits of a sum with it are the nearest whole number. */
    private static final float ROUNDING = 12582912;
    /** log2 of e: turns rates for {@link #exp} into those for {@link #exp2Falling}. */
    public static final float LOG2_E = 1.44269504088896341f;

    private Exponential() {}

    /** Relative error below 3e-7; stops at {@code exp(88)}; 0 from -87 down; NaN for NaN. */
    public static float exp(float x) {
        float clamped = Math.min(HIGHEST, Math.max(LOWEST, x));
        float n = (float) Math.rint(clamped * LOG2_E);
        float r = Math.fma(n, -0.693359375f, clamped);
        r = Math.fma(n, 2.12194440e-4f, r);
        float p = 1.9875691500e-4f;
        p = Math.fma(p, r, 1.3981999507e-3f);
        p = Math.fma(p, r, 8.3334519073e-3f);
        p = Math.fma(p, r, 4.1665795894e-2f);
        p = Math.fma(p, r, 1.6666665459e-1f);
        p = Math.fma(p, r, 5.0000001201e-1f);
        p = Math.fma(p, r * r, r);
        p = p + 1;
        float y = p * Float.intBitsToFloat(((int) n + 127) << 23);
        return LOWEST >= x ? 0 : y;
    }

    /**
     * {@code 2^x} for x up to 0, in a third fewer operations than {@link #exp}; from -100 down it is that of -100: far below what a sum of states
     * can show, and far from subnormal numbers. A minimax polynomial of degree 5: relative error below 2e-7.
     */
    public static float exp2Falling(float x) {
        float clamped = Math.max(LOWEST_POWER, x);
        float shifted = clamped + ROUNDING;
        float r = clamped - (shifted - ROUNDING);
        float p = 1.326472731307149e-3f;
        p = Math.fma(p, r, 9.671512991189957e-3f);
        p = Math.fma(p, r, 5.550733581185341e-2f);
        p = Math.fma(p, r, 2.4022242426872253e-1f);
        p = Math.fma(p, r, 6.931470036506653e-1f);
        p = Math.fma(p, r, 1);
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static float sigmoid(float x) {
        return 1 / (1 + unboundedExp(-x));
    }

    /** {@code x * sigmoid(x)}. */
    public static float silu(float x) {
        return x / (1 + unboundedExp(-x));
    }

    /** Infinite where {@link #exp} stops, so that a quotient vanishes. */
    private static float unboundedExp(float x) {
        return x >= HIGHEST ? Float.POSITIVE_INFINITY : exp(x);
    }

    /**
     * {@code log(1 + exp(x))} as {@code max(x, 0) + log1p(exp(-|x|))}. The logarithm is {@code 2 atanh(s)} of {@code s = u / (2 + u)}, at most 1/3,
     * by its series: no cancellation, however small u is.
     */
    public static float softplus(float x) {
        float u = exp(-Math.abs(x));
        float s = u / (2 + u);
        float square = s * s;
        float p = 1f / 15;
        p = Math.fma(p, square, 1f / 13);
        p = Math.fma(p, square, 1f / 11);
        p = Math.fma(p, square, 1f / 9);
        p = Math.fma(p, square, 1f / 7);
        p = Math.fma(p, square, 1f / 5);
        p = Math.fma(p, square, 1f / 3);
        float twice = s + s;
        return Math.max(0, x) + Math.fma(twice * square, p, twice);
    }
}
