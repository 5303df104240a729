/**
 * Tests of the builder of predictions: maps with known answers, layer maps, interruptions, what is refused.
 *
 * <p>Does not test prediction itself. Entry type: {@link dev.foretoken.nativeruntime.predict.PredictionBuilderTest}. Tests call it from their
 * thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.predict;
