package dev.foretoken.sampling;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the one pass over a row of logits leaves what it finds: from then on little of the row has to be read again, because blocks whose
 * largest logit is too small need no look.
 *
 * @param argmax int32: id of the largest logit, the lowest id on a tie; NaN logits never win
 * @param max fp32: the largest logit
 * @param logSumExp fp32: {@code log(sum_i exp(logit_i))}; the logprob of id i is {@code logit_i - logSumExp}
 * @param mass fp64: {@code sum_i exp((logit_i - max) * inverseTemperature)}
 * @param blockMaxima fp32 [blocks]: the largest logit of every {@link #BLOCK}
 * @param chunks fp32 [chunks, 2]: the largest logit of every {@link #CHUNK}, and its mass relative to that
 */
public record LogitSummary(
        MemorySegment argmax,
        MemorySegment max,
        MemorySegment logSumExp,
        MemorySegment mass,
        MemorySegment blockMaxima,
        MemorySegment chunks) {

    public static final int BLOCK = 64;

    /** Logits that are summed together; chunk sums merge in ascending order, so thread count does not show. */
    public static final int CHUNK = 4096;

    /** Room for a row of {@code vocabulary} logits. */
    public static LogitSummary allocate(int vocabulary, Arena arena) {
        return new LogitSummary(
                arena.allocate(ValueLayout.JAVA_INT),
                arena.allocate(ValueLayout.JAVA_FLOAT),
                arena.allocate(ValueLayout.JAVA_FLOAT),
                arena.allocate(ValueLayout.JAVA_DOUBLE),
                arena.allocate(ValueLayout.JAVA_FLOAT, blocks(vocabulary)),
                arena.allocate(ValueLayout.JAVA_FLOAT, 2L * chunks(vocabulary)));
    }

    public static int blocks(int vocabulary) {
        return Math.ceilDiv(vocabulary, BLOCK);
    }

    public static int chunks(int vocabulary) {
        return Math.ceilDiv(vocabulary, CHUNK);
    }

    public float blockMax(int block) {
        return blockMaxima.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, block);
    }
}
