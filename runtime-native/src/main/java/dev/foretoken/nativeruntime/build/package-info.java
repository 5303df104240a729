/**
 * Owns what every builder of a variant is given and must answer: the opened base, the order, its
 * parameters, and what it had finished before it was interrupted.
 *
 * <p>Does not build and does not open models. Entry type: {@link dev.foretoken.nativeruntime.build.VariantBuilder}. The thread that builds a
 * variant calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.build;
