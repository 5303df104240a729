/**
 * Owns the kernels in Java's Vector API: the fallback where there is no C compiler. Only products and attention are written in vectors; the
 * rest is too cheap to be worth it. Does not check arguments; its callers have. Entry type:
 * {@link dev.foretoken.nativeruntime.kernels.vector.VectorProducts}. One caller at a time; tasks run on {@code TaskThreads}.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.kernels.vector;
