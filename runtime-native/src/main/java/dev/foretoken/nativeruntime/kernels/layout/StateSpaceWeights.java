package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * A state space with one decay per head (Dao and Gu 2024, Mamba-2).
 *
 * @param shape sizes
 * @param a fp32 [heads]: the (negative) rates, {@code -exp(A_log)}
 * @param d fp32 [heads]
 * @param timeBias fp32 [heads], added to the time steps before softplus
 * @param timeLow least time step after softplus
 * @param timeHigh largest one
 */
public record StateSpaceWeights(
        Shape shape, MemorySegment a, MemorySegment d, MemorySegment timeBias, float timeLow, float timeHigh) {

    /** Positions of a prompt that are computed together, at absolute multiples. */
    public static final int CHUNK = 64;

    /**
     * Sizes.
     *
     * @param headDim channels of a head
     * @param groups consecutive heads that share input and output maps
     */
    public record Shape(int heads, int headDim, int states, int groups) {
        public Shape {
            Bounds.positive("heads", heads);
            Bounds.positive("headDim", headDim);
            Bounds.positive("states", states);
            if (groups < 1 || heads % groups != 0) {
                throw new IllegalArgumentException("%d groups of %d heads".formatted(groups, heads));
            }
        }

        public int channels() {
            return Math.multiplyExact(heads, headDim);
        }

        /** State of a sequence: [heads, states, headDim]. */
        public int stateFloats() {
            return Math.multiplyExact(states, channels());
        }
    }

    public StateSpaceWeights {
        Bounds.floats("a", a, shape.heads());
        Bounds.floats("d", d, shape.heads());
        Bounds.floats("timeBias", timeBias, shape.heads());
    }
}
