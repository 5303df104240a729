/**
 * Owns how Hugging Face checkpoints store matrices: element types, the quantized layouts and which tensors each consists of, their checks, and
 * decoding them row by row.
 *
 * <p>Does not read files or headers and does not lay codes out in panels. Entry type: {@link
 * dev.foretoken.nativeruntime.weights.stored.StoredEncoding}. Called from the loading thread; rows are decoded on several.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights.stored;
