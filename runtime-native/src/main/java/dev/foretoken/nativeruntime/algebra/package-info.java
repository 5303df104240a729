/**
 * Owns the linear algebra by which weights are taken apart: truncated singular value decompositions and sparse factors.
 *
 * <p>Knows neither plans nor files. Entry types: {@link dev.foretoken.nativeruntime.algebra.TruncatedSvd} and {@link
 * dev.foretoken.nativeruntime.algebra.SparseFit}. Any thread may call it; equal inputs give equal bits.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.algebra;
