/**
 * Owns the rounding of a checkpoint's linear maps to few bits, by several methods, and the checkpoint that comes of it, in the
 * compressed-tensors format.
 *
 * <p>Does not read such checkpoints and does not compute with them. Entry type: {@link dev.foretoken.nativeruntime.quantizer.Quantizers}. The
 * thread that builds a variant calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.quantizer;
