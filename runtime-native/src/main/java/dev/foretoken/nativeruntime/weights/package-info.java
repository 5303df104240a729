/**
 * Owns weights: reading them from safetensors or GGUF files or making random ones, checking them against a plan, and holding them packed.
 *
 * <p>Does not compute with them. Entry types: {@link dev.foretoken.nativeruntime.weights.Checkpoint} and {@link
 * dev.foretoken.nativeruntime.weights.PackedWeights}. The thread that opens a model calls everything here.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights;
