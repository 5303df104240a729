package dev.foretoken.contract.runtime;

/**
 * Log-probabilities (natural logarithm, of the unmodified logits) at one position.
 *
 * @param rank 1 = the most likely token of the vocabulary
 * @param topIds most likely first, ties by lower id; may or may not contain {@code tokenId}
 */
public record TokenLogprobs(int tokenId, float logprob, int rank, int[] topIds, float[] topLogprobs) {}
