/**
 * Owns how weights, KV cache, tables and ragged batches lie in memory, and the checks that a segment is as long as its use needs. Does
 * not compute. Entry types: {@link dev.foretoken.nativeruntime.kernels.layout.WeightMatrix} and
 * {@link dev.foretoken.nativeruntime.kernels.layout.KvLayer}. Immutable; called from any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.kernels.layout;
