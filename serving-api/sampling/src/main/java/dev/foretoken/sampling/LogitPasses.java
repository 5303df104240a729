package dev.foretoken.sampling;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What is computed over whole rows of logits, and what is looked up in a row that was read. Every runtime may bring its own; {@link
 * PlainLogitPasses} says what they must find. Keeps no state; one caller at a time.
 */
public interface LogitPasses {

    /**
     * What one pass over a row of logits finds.
     *
     * @param logits fp32 [vocabulary]
     * @param mask null, or a bit per id, in words of 8 bytes: logits of ids whose bit is 0 become negative infinity, in place
     * @param inverseTemperature of the weights whose masses are wanted; 0: none are, and they are undefined
     * @param normalise whether the log-sum-exp is wanted; it is undefined if not
     */
    void summarize(
            MemorySegment logits,
            int vocabulary,
            @Nullable MemorySegment mask,
            float inverseTemperature,
            boolean normalise,
            LogitSummary out);

    /**
     * The k largest logits of a row, descending, lower id first among equals; NaN counts as negative infinity. Reads the blocks whose largest
     * logit is among the k largest of blocks.
     *
     * @param summary of the row
     * @param ids int32 [k]
     * @param values fp32 [k]
     */
    void topK(
            MemorySegment logits, int vocabulary, LogitSummary summary, int k, MemorySegment ids, MemorySegment values);

    /**
     * Draws one id. Token i has weight {@code exp((logit_i - max) * inverseTemperature)} if {@code logit_i >= floor}, else none; the token drawn
     * is the first whose running sum exceeds {@code uniform * total}. Reads the blocks that reach the floor; one chunk where there is none.
     *
     * @param summary of the row; masses at this temperature where there is no floor
     * @param floor negative infinity: none
     * @param uniform in [0, 1)
     */
    int sample(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            float inverseTemperature,
            float floor,
            float uniform);
}
