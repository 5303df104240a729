/**
 * Owns the tests of draws and reported log-probabilities.
 *
 * <p>Does not compare whole checkpoints with golden numbers. Entry type: {@link dev.foretoken.sampling.TokenSamplerTest}. Called by
 * JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.sampling;
