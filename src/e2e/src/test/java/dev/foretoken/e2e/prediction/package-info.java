/**
 * Owns the tests of prompts whose keys and values are predicted, and of next turns that are prepared, over HTTP and gRPC.
 *
 * <p>Does not measure quality or speed. Entry type: {@link dev.foretoken.e2e.prediction.PredictedAnswerTest}. JUnit's threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.prediction;
