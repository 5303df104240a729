package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.Bounds;

/**
 * How kernels are opened.
 *
 * @param threads threads that compute, the caller's included
 * @param arithmetic exact or fast
 * @param pinned bind worker i to the i-th CPU this process may run on (the caller's thread is left alone)
 * @param maxIsa newest instruction set to use: {@code avx2}, {@code avx512}, {@code avx512bf16}; empty: the best the CPU has
 */
public record KernelOptions(int threads, Arithmetic arithmetic, boolean pinned, String maxIsa) {
    public KernelOptions {
        Bounds.positive("threads", threads);
        if (threads > 256) {
            throw new IllegalArgumentException("threads=%d, must be at most 256".formatted(threads));
        }
    }

    public static KernelOptions of(int threads, Arithmetic arithmetic) {
        return new KernelOptions(threads, arithmetic, true, "");
    }
}
