/**
 * Owns how a token is drawn from logits and how logits are reported: a pure function of logits, history, parameters and (seed, choice,
 * position).
 *
 * <p>Passes over a row of logits per token, which for 152,000 entries takes 0.6 MB: one when greedy (its summary); two with a temperature, with
 * or without min-p (the draw); one more for top-k or top-p (its largest entries, the threshold among them) and another where the 64 largest do
 * not reach top-p; two more for a temperature with top-p alone (the mass of the tempered row) and for bias, penalties or a mask (a copy and its
 * summary); one more for listed log-probabilities. Tempering, a top-k or a nucleus of more than 1,024 tokens, and the rank of a token that is
 * not listed walk over the row in Java.
 *
 * <p>Does not compute logits. Entry type: {@link dev.foretoken.nativeruntime.sampling.TokenSampler}. Called by the runtime's one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.sampling;
