package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The query side of one attention layer.
 *
 * @param heads query heads; a multiple of the KV heads; heads h*g .. h*g+g-1 read KV head h (g = heads / kvHeads)
 * @param scale multiplies each score, usually 1/sqrt(keyDim)
 * @param softCap scores become {@code softCap * tanh(score / softCap)}; 0: they stay
 * @param window a token sees itself and the {@code window - 1} before it; 0: all
 * @param sinks fp32 [heads], of each head a score that takes part in the softmax and has no value (Xiao 2023), or null
 */
public record AttentionShape(
        int heads,
        float scale,
        float softCap,
        int window,
        @Nullable MemorySegment sinks) {
    public AttentionShape {
        Bounds.positive("heads", heads);
        if (!(softCap >= 0)) {
            throw new IllegalArgumentException("softCap=%s, must be 0 (none) or positive".formatted(softCap));
        }
        if (window < 0) {
            throw new IllegalArgumentException("window=%d, must be 0 (none) or positive".formatted(window));
        }
        if (sinks != null) {
            Bounds.floats("sinks", sinks, heads);
        }
    }

    /** Without sinks. */
    public AttentionShape(int heads, float scale, float softCap, int window) {
        this(heads, scale, softCap, window, null);
    }

    /** Without soft-capping and sinks. */
    public AttentionShape(int heads, float scale, int window) {
        this(heads, scale, 0, window);
    }

    /** A scaled score, soft-capped. */
    public double capped(double score) {
        return softCap > 0 ? softCap * Math.tanh(score / softCap) : score;
    }

    /** The sink of a head; minus infinity where there is none. */
    public float sink(int head) {
        MemorySegment all = sinks;
        return all == null ? Float.NEGATIVE_INFINITY : all.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * head);
    }

    /** First position that a token at {@code position} sees. */
    public int firstVisible(int position) {
        return window == 0 ? 0 : Math.max(0, position - window + 1);
    }
}
