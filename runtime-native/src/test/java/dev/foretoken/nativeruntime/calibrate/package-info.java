/**
 * Owns the tests of walks through blocks.
 *
 * <p>Does not test the pass itself. Entry type: {@link dev.foretoken.nativeruntime.calibrate.BlockWalkTest}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.calibrate;
