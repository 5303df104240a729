/**
 * Tests of the file format of predictions.
 *
 * <p>Does not test what is computed with them. Entry type: {@link dev.foretoken.registry.prediction.PredictionFileTest}. Tests call it from
 * their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.prediction;
