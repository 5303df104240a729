package dev.foretoken.nativeruntime.weights.quantize;

/** Scales that are stored as f16. */
final class HalfScale {
    /** The largest f16 number. */
    static final float MAX = 65_504;

    private HalfScale() {}

    /** Rounded to f16; beyond its range the nearest number instead of an infinity. */
    static float of(float scale) {
        return Float.float16ToFloat(Float.floatToFloat16(Math.clamp(scale, -MAX, MAX)));
    }
}
