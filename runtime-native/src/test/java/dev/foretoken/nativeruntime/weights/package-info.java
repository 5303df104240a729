/**
 * Owns the tests of reading checkpoints, whole and damaged.
 *
 * <p>Does not compare whole checkpoints with golden numbers. Entry type: {@link dev.foretoken.nativeruntime.weights.SafetensorsHeaderTest}. Called by
 * JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights;
