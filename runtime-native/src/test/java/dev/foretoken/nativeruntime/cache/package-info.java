/**
 * Owns the tests of the memory of K and V.
 *
 * <p>Does not compare whole checkpoints with golden numbers. Entry type: {@link dev.foretoken.nativeruntime.cache.KvCachesTest}. Called by
 * JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.cache;
