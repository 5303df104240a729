/**
 * Owns the comparison of answers over HTTP with golden numbers that another implementation computed from the same checkpoints.
 *
 * <p>Does not know how a model is computed. Entry type: {@link dev.foretoken.e2e.conformance.Golden}. Any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.conformance;
