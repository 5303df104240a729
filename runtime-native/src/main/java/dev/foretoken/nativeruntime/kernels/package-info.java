/**
 * Owns the arithmetic a model needs: matrix products, norms, rotary, attention over the paged KV cache, logit reductions, each in Java
 * (oracle and fallback) and in C. Does not know layers, checkpoints, schedules or sampling policy. Entry type:
 * {@link dev.foretoken.nativeruntime.kernels.Kernels}. One thread at a time calls one {@code Kernels}; it brings its own workers.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.kernels;
