/**
 * Owns which experts a token uses, with which weights, and in which order their rows are computed.
 *
 * <p>Does not multiply anything. Entry type: {@link dev.foretoken.nativeruntime.experts.ExpertRouter}. Called by the thread that computes a
 * step.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.experts;
