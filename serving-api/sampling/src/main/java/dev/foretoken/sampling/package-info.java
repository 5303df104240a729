/**
 * Owns how a token is drawn from logits and how logits are reported, and of which positions of a step: a pure function of logits, history,
 * parameters and (seed, choice, position).
 *
 * <p>A row of logits, 0.6 MB for 152,000 entries, is read once per token: that pass applies the mask and finds the largest logit of all and of
 * every block of 64, and, where wanted, the mass at the temperature and the log-sum-exp. What follows reads again only blocks whose largest logit
 * is large enough: for top-k, top-p, min-p and listed log-probabilities a few in a hundred; without a limit one chunk of 4,096. Bias, penalties
 * and suppression touch single logits, in place. More is read where more is needed: the blocks of up to 1,024 tokens where the nucleus has that
 * many; the whole row, in Java and again for the draw, where top-k or the nucleus keeps more than 1,024; where log-probabilities are reported
 * of logits that bias, penalties or a mask change, a copy of the row is the second and its pass the third; and the rank of an unlikely token
 * takes the blocks that hold likelier ones.
 *
 * <p>Does not compute logits. Entry type: {@link dev.foretoken.sampling.TokenSampler}. Called by the one thread of the runtime that owns it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.sampling;
