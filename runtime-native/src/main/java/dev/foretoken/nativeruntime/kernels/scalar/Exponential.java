package dev.foretoken.nativeruntime.kernels.scalar;

/**
 * exp and what is made of it, in fp32 operations that every instruction set has, so that scans give the same bits everywhere. Coefficients of
 * {@link #exp}: Cephes expf (Moshier), as in {@code math_body.h}.
 */
public final class Exponential {

    private static final float HIGHEST = 88;
    private static final float LOWEST = -87;

    private Exponential() {}

    /** Relative error below 3e-7; stops at {@code exp(88)}; 0 from -87 down; NaN for NaN. */
    public static float exp(float x) {
        float clamped = Math.min(HIGHEST, Math.max(LOWEST, x));
        float n = (float) Math.rint(clamped * 1.44269504088896341f);
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
