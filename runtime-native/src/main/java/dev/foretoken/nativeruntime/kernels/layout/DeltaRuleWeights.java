package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * The gated delta rule (Yang 2024): a state per head that maps keys to values and is corrected by what it gets wrong.
 *
 * @param shape sizes
 * @param a fp32 [valueHeads]: the (negative) rates, {@code -exp(A_log)}
 * @param timeBias fp32 [valueHeads], added before softplus
 * @param epsilon added to the square sums by which queries and keys are divided
 */
public record DeltaRuleWeights(Shape shape, MemorySegment a, MemorySegment timeBias, float epsilon) {

    /** Positions of a prompt that are computed together, at absolute multiples. */
    public static final int CHUNK = 64;

    /**
     * Sizes.
     *
     * @param keyHeads heads of queries and keys; consecutive value heads share one
     */
    public record Shape(int keyHeads, int valueHeads, int keyDim, int valueDim) {
        public Shape {
            Bounds.positive("keyHeads", keyHeads);
            Bounds.positive("keyDim", keyDim);
            Bounds.positive("valueDim", valueDim);
            if (valueHeads < 1 || valueHeads % keyHeads != 0) {
                throw new IllegalArgumentException("%d value heads over %d key heads".formatted(valueHeads, keyHeads));
            }
        }

        public int keyWidth() {
            return Math.multiplyExact(keyHeads, keyDim);
        }

        public int valueWidth() {
            return Math.multiplyExact(valueHeads, valueDim);
        }

        /** State of a sequence: [valueHeads, keyDim, valueDim]. */
        public int stateFloats() {
            return Math.multiplyExact(keyDim, valueWidth());
        }
    }

    public DeltaRuleWeights {
        Bounds.floats("a", a, shape.valueHeads());
        Bounds.floats("timeBias", timeBias, shape.valueHeads());
    }
}
