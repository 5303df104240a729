package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One of several matrix products over the same input: {@code out[t, n] = sum_k x[t, k] * weights[n, k] + bias[n]}.
 *
 * @param bias fp32 [n], or null
 * @param out fp32 [tokens, n], may be longer; must not overlap the input
 */
public record Product(WeightMatrix weights, @Nullable MemorySegment bias, MemorySegment out) {
    public Product {
        if (bias != null) {
            Bounds.floats("bias", bias, weights.rows());
        }
    }

    public static Product of(WeightMatrix weights, MemorySegment out) {
        return new Product(weights, null, out);
    }
}
