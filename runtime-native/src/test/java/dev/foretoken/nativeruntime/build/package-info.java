/**
 * Owns what tests of builders share: a tiny base whose weights they may put in place, and orders to build of it.
 *
 * <p>Tests nothing itself. Entry type: {@link dev.foretoken.nativeruntime.build.TinyBase}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.build;
