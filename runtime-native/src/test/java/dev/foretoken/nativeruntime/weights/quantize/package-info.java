/**
 * Owns the tests of quantizing weights at load. Does not test layouts or products. Entry: the test classes; called by the test runner's threads.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights.quantize;
