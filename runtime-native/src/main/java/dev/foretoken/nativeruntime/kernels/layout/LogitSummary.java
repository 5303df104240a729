package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * Where one pass over the logits leaves its results, one per row.
 *
 * @param argmax int32 [rows]: id of the largest logit, the lowest id on a tie; NaN logits never win
 * @param max fp32 [rows]: the largest logit
 * @param logSumExp fp32 [rows]: {@code log(sum_i exp(logit_i))}; the logprob of id i is {@code logit_i - logSumExp}
 */
public record LogitSummary(MemorySegment argmax, MemorySegment max, MemorySegment logSumExp) {
    /** Logits that are summed together; chunk sums merge in ascending order, so thread count does not show. */
    public static final int CHUNK = 4096;
}
