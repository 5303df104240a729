package dev.foretoken.nativeruntime.plan;

/**
 * How a hidden vector becomes logits: {@code scale * (weight norm(hidden))}, soft-capped.
 *
 * @param weight [vocabulary, hidden]
 * @param softCap logits become {@code softCap * tanh(logit / softCap)}; 0: they stay
 */
public record Head(Norm norm, MatrixRef weight, float scale, float softCap) {
    public static Head of(Norm norm, MatrixRef weight) {
        return new Head(norm, weight, 1, 0);
    }

    /** Whether logits are what the product gives. */
    public boolean isPlain() {
        return scale == 1 && softCap == 0;
    }
}
