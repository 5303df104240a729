/**
 * Owns how the bytes of tensors go over a stream in pieces of bounded size, and come together again. Does not know what the tensors mean. Entry
 * types: {@link dev.foretoken.wire.tensor.PieceCutter}, {@link dev.foretoken.wire.tensor.PieceCollector}. One thread uses each.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.wire.tensor;
