/**
 * Owns how a token is drawn from logits and how logits are reported: a pure function of logits, history, parameters and (seed, choice,
 * position).
 *
 * <p>Does not compute logits. Entry type: {@link dev.foretoken.nativeruntime.sampling.TokenSampler}. Called by the runtime's one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.sampling;
