package dev.foretoken.nativeruntime.plan;

import org.jspecify.annotations.Nullable;

/**
 * How a hidden vector becomes logits: {@code scale * (weight norm(hidden) + bias)}, soft-capped.
 *
 * @param norm null: none
 * @param weight [vocabulary, hidden]
 * @param bias [vocabulary], or null
 * @param softCap logits become {@code softCap * tanh(logit / softCap)}; 0: they stay
 */
public record Head(
        @Nullable Norm norm, MatrixRef weight, @Nullable VectorRef bias, float scale, float softCap) {
    /** Without a bias. */
    public Head(Norm norm, MatrixRef weight, float scale, float softCap) {
        this(norm, weight, null, scale, softCap);
    }

    public static Head of(Norm norm, MatrixRef weight) {
        return new Head(norm, weight, 1, 0);
    }

    /** Whether logits are what the product gives. */
    public boolean isPlain() {
        return scale == 1 && softCap == 0;
    }
}
