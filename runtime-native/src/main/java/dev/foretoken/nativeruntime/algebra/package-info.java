/**
 * Owns the linear algebra by which weights are taken apart or rounded: truncated singular value decompositions, sparse factors, Gram matrices
 * and the factors of their inverses.
 *
 * <p>Knows neither plans nor files. Entry types: {@link dev.foretoken.nativeruntime.algebra.TruncatedSvd}, {@link
 * dev.foretoken.nativeruntime.algebra.InverseFactor} and {@link
 * dev.foretoken.nativeruntime.algebra.SparseFit}. Any thread may call it; equal inputs give equal bits.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.algebra;
