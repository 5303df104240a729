package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * A selective scan with a decay for each channel and state element (Gu and Dao 2023, Mamba). Channels and states lie so that neighbouring
 * channels are neighbours in memory.
 *
 * @param groups consecutive channels that share input and output maps
 * @param a fp32 [states, channels]: the (negative) rates, {@code -exp(A_log)}
 * @param d fp32 [channels]
 */
public record SelectiveScanWeights(int channels, int states, int groups, MemorySegment a, MemorySegment d) {
    public SelectiveScanWeights {
        Bounds.positive("channels", channels);
        Bounds.positive("states", states);
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException("%d groups of %d channels".formatted(groups, channels));
        }
        Bounds.floats("a", a, (long) states * channels);
        Bounds.floats("d", d, channels);
    }

    /** State of a sequence: [states, channels]. */
    public int stateFloats() {
        return stateFloats(channels, states);
    }

    public static int stateFloats(int channels, int states) {
        return Math.multiplyExact(states, channels);
    }
}
