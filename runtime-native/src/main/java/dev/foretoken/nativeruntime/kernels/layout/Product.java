package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One of several matrix products over the same input: {@code out[t, n] = sum_k x[t, k] * weights[n, k] + bias[n]}.
 *
 * @param bias fp32 [n], or null
 * @param out fp32 [tokens, n], may be longer; must not overlap the input
 * @param stride floats from one token's outputs to the next one's, n or more: what lies between is not touched
 */
public record Product(WeightMatrix weights, @Nullable MemorySegment bias, MemorySegment out, int stride) {
    public Product {
        if (bias != null) {
            Bounds.floats("bias", bias, weights.rows());
        }
        if (stride < weights.rows()) {
            throw new IllegalArgumentException("stride=%d, must be at least %d".formatted(stride, weights.rows()));
        }
    }

    /** Whose outputs follow one another. */
    public Product(WeightMatrix weights, @Nullable MemorySegment bias, MemorySegment out) {
        this(weights, bias, out, weights.rows());
    }

    public static Product of(WeightMatrix weights, MemorySegment out) {
        return new Product(weights, null, out);
    }

    /** Floats that so many tokens' outputs reach over. */
    public long reach(int tokens) {
        return (long) (tokens - 1) * stride + weights.rows();
    }
}
