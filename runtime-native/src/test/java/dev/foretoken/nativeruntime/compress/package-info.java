/**
 * Owns the tests of builders that write recipes, on models whose answer is known.
 *
 * <p>Does not test operations of recipes. Entry type: {@link dev.foretoken.nativeruntime.compress.TinyBuild}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.compress;
