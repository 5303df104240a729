package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A causal convolution of every channel by itself.
 *
 * @param taps inputs that an output depends on, its own token's included
 * @param weight fp32 [taps, channels], oldest input first
 * @param bias fp32 [channels]
 * @param silu whether SiLU follows
 */
public record ConvolutionWeights(
        int channels,
        int taps,
        MemorySegment weight,
        @Nullable MemorySegment bias,
        boolean silu) {
    public ConvolutionWeights {
        Bounds.positive("channels", channels);
        if (taps < 2 || taps > 16) {
            throw new IllegalArgumentException("taps=%d, must be in [2, 16]".formatted(taps));
        }
        Bounds.floats("weight", weight, (long) taps * channels);
        if (bias != null) {
            Bounds.floats("bias", bias, channels);
        }
    }

    /** State of a sequence: its last inputs, [taps - 1, channels], oldest first. */
    public int stateFloats() {
        return stateFloats(channels, taps);
    }

    public static int stateFloats(int channels, int taps) {
        return Math.multiplyExact(taps - 1, channels);
    }
}
