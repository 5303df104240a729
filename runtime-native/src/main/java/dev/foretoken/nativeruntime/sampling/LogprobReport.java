package dev.foretoken.nativeruntime.sampling;

import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.nativeruntime.kernels.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Log-probabilities of unmodified logits: log-softmax, whatever the sampling parameters. */
public final class LogprobReport {

    /** Most alternatives that can be reported. */
    public static final int MAX_ALTERNATIVES = 1024;

    private final Kernels kernels;
    private final int vocabulary;
    private final MemorySegment ids;
    private final MemorySegment values;

    public LogprobReport(Kernels kernels, int vocabulary, Arena arena) {
        this.kernels = kernels;
        this.vocabulary = vocabulary;
        this.ids = arena.allocate((long) MAX_ALTERNATIVES * Integer.BYTES, 64);
        this.values = arena.allocate((long) MAX_ALTERNATIVES * Float.BYTES, 64);
    }

    /**
     * What {@code token} scored.
     *
     * @param logits fp32 [vocabulary]
     * @param summaries entry {@code index} is that of {@code logits}
     * @param alternatives how many most likely tokens to list
     */
    public TokenLogprobs of(MemorySegment logits, Summaries summaries, int index, int token, int alternatives) {
        float normaliser = summaries.logSumExp(index);
        int count = Math.min(Math.min(alternatives, MAX_ALTERNATIVES), vocabulary);
        int[] topIds = new int[count];
        float[] topLogprobs = new float[count];
        if (count > 0) {
            kernels.topK(logits, 1, vocabulary, count, ids, values);
        }
        for (int i = 0; i < count; i++) {
            topIds[i] = ids.getAtIndex(ValueLayout.JAVA_INT, i);
            topLogprobs[i] = values.getAtIndex(ValueLayout.JAVA_FLOAT, i) - normaliser;
        }
        float logprob = logits.getAtIndex(ValueLayout.JAVA_FLOAT, token) - normaliser;
        int rank = token == summaries.argmax(index) ? 1 : listedRank(topIds, token);
        return new TokenLogprobs(token, logprob, rank == 0 ? rank(logits, token) : rank, topIds, topLogprobs);
    }

    /** 0 where it is not listed. */
    private static int listedRank(int[] topIds, int token) {
        for (int i = 0; i < topIds.length; i++) {
            if (topIds[i] == token) {
                return i + 1;
            }
        }
        return 0;
    }

    private int rank(MemorySegment logits, int token) {
        float own = logits.getAtIndex(ValueLayout.JAVA_FLOAT, token);
        int rank = 1;
        for (int id = 0; id < vocabulary; id++) {
            float other = logits.getAtIndex(ValueLayout.JAVA_FLOAT, id);
            rank += other > own || (other == own && id < token) ? 1 : 0;
        }
        return rank;
    }
}
