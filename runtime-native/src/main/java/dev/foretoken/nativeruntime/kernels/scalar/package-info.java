/**
 * Owns the plain-loop form of every kernel, written to be read: what the others are compared with. Does not check arguments; its callers
 * have. Entry type: {@link dev.foretoken.nativeruntime.kernels.scalar.ScalarAttention} and its siblings, one per family of operations.
 * Stateless; any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.kernels.scalar;
