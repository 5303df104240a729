package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * RMS norm of groups of a vector that is multiplied by the SiLU of a gate, before or after.
 *
 * @param width of a row
 * @param group elements normalised together; divides {@code width}
 * @param weight fp32 [width]
 * @param gateFirst {@code norm(x * silu(gate)) * weight}, else {@code norm(x) * weight * silu(gate)}
 */
public record GatedNormWeights(int width, int group, MemorySegment weight, float epsilon, boolean gateFirst) {
    public GatedNormWeights {
        Bounds.positive("width", width);
        if (group < 1 || width % group != 0) {
            throw new IllegalArgumentException("groups of %d in rows of %d".formatted(group, width));
        }
        Bounds.floats("weight", weight, width);
    }
}
