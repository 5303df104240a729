/**
 * Owns the linear algebra by which weights are taken apart, rounded or fitted: truncated singular value decompositions, sparse factors, Gram
 * matrices and the factors of their inverses, ridge regression.
 *
 * <p>Knows neither plans nor files. Entry types: {@link dev.foretoken.nativeruntime.algebra.TruncatedSvd}, {@link
 * dev.foretoken.nativeruntime.algebra.InverseFactor}, {@link dev.foretoken.nativeruntime.algebra.SparseFit} and {@link
 * dev.foretoken.nativeruntime.algebra.RidgeMap}. Any thread may call it; equal inputs give equal bits.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.algebra;
