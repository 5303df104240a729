package dev.foretoken.nativeruntime.kernels;

/** Which arithmetic matrix products and attention use. */
public enum Arithmetic {
    /** fp32 multiply-add everywhere; narrower weights and caches are widened exactly. */
    EXACT,
    /** Where weights or cache are BF16 and the CPU has a bf16 dot product, inputs are rounded to bf16 too; sums stay fp32. */
    FAST
}
