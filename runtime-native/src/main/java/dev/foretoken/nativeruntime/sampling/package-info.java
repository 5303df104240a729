/**
 * Owns how a token is drawn from logits and how logits are reported: a pure function of logits, history, parameters and (seed, choice,
 * position).
 *
 * <p>A row of logits is read from memory once and lies in the second-level cache afterwards: 152,000 of them take 0.6 MB. Passes over a row in all:
 * one when greedy (its summary); two with a temperature, with or without min-p (the draw); one more for top-k or top-p (its largest entries, the
 * threshold among them); two more for a temperature with top-p alone (the mass of the tempered row) and for bias, penalties or a mask (a copy
 * and its summary); one more for listed log-probabilities. Only a top-k or a nucleus of more than 1,024 tokens, and the rank of a token that
 * is not listed, walk over the row in Java.
 *
 * <p>Does not compute logits. Entry type: {@link dev.foretoken.nativeruntime.sampling.TokenSampler}. Called by the runtime's one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.sampling;
