package dev.foretoken.nativeruntime.kernels.layout;

/**
 * The query side of one attention layer.
 *
 * @param heads query heads; a multiple of the KV heads; heads h*g .. h*g+g-1 read KV head h (g = heads / kvHeads)
 * @param scale multiplies each score, usually 1/sqrt(keyDim)
 * @param softCap scores become {@code softCap * tanh(score / softCap)}; 0: they stay
 * @param window a token sees itself and the {@code window - 1} before it; 0: all
 */
public record AttentionShape(int heads, float scale, float softCap, int window) {
    public AttentionShape {
        Bounds.positive("heads", heads);
        if (!(softCap >= 0)) {
            throw new IllegalArgumentException("softCap=%s, must be 0 (none) or positive".formatted(softCap));
        }
        if (window < 0) {
            throw new IllegalArgumentException("window=%d, must be 0 (none) or positive".formatted(window));
        }
    }

    /** Without soft-capping. */
    public AttentionShape(int heads, float scale, int window) {
        this(heads, scale, 0, window);
    }

    /** A scaled score, soft-capped. */
    public double capped(double score) {
        return softCap > 0 ? softCap * Math.tanh(score / softCap) : score;
    }

    /** First position that a token at {@code position} sees. */
    public int firstVisible(int position) {
        return window == 0 ? 0 : Math.max(0, position - window + 1);
    }
}
