/**
 * Owns the tests of quantized checkpoint layouts, and what packs matrices in those layouts for other tests.
 *
 * <p>Does not test files and headers. Entry type: {@link dev.foretoken.nativeruntime.weights.stored.IntegerMatrix}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights.stored;
