/**
 * Owns tests of how tokens find their experts.
 *
 * <p>Does not multiply; the kernels' tests do. Entry type: each test. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.experts;
