package dev.foretoken.bench.checkpoint;

import java.nio.ByteBuffer;

/**
 * Random values as a pure function of (seed, tensor, index): any piece can be made on any thread, always the same. Each
 * value is a sum of four uniform 16-bit numbers out of one SplitMix64 hash, normal enough for weights: within 3.5 standard
 * deviations, and cheap.
 */
final class RandomWeights {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final float CENTRE = 4 * 65_535 / 2f;
    private static final float UNIT = (float) (1 / Math.sqrt(4 * (65_536.0 * 65_536.0 - 1) / 12));

    private final long seed;

    RandomWeights(long seed) {
        this.seed = seed;
    }

    /** Writes the elements from {@code from} (inclusive) to {@code to} (exclusive) of a tensor. */
    void put(TensorShape tensor, long from, long to, WeightType type, ByteBuffer out) {
        if (tensor.deviation() == 0) {
            for (long i = from; i < to; i++) {
                type.put(out, 1);
            }
            return;
        }
        long stream = mix(seed + tensor.name().hashCode() * GOLDEN_GAMMA);
        float scale = UNIT * tensor.deviation();
        for (long i = from; i < to; i++) {
            type.put(out, (fourUniforms(mix(stream + i * GOLDEN_GAMMA)) - CENTRE) * scale);
        }
    }

    private static float fourUniforms(long bits) {
        return (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mix(long bits) {
        long z = bits;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
