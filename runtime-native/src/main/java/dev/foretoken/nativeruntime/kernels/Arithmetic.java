package dev.foretoken.nativeruntime.kernels;

/** Which arithmetic matrix products and attention use. */
public enum Arithmetic {
    /** fp32 multiply-add everywhere; narrower weights and caches are widened exactly. */
    EXACT,
    /**
     * Where weights are BF16, or the cache is narrower than fp32, and the CPU multiplies bf16 faster than fp32, inputs are rounded to bf16 too;
     * what the cache holds is widened exactly, sums stay fp32.
     */
    FAST
}
