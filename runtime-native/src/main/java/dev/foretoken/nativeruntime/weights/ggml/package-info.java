/**
 * Owns ggml's block encodings: each is mapped, without loss, onto the codes, scales and minimums that the kernels pack.
 *
 * <p>Does not read files and does not pack. Entry type: {@link dev.foretoken.nativeruntime.weights.ggml.GgmlRows}. The threads that pack a
 * matrix call it, each for its own rows.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights.ggml;
