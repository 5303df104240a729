package dev.foretoken.sampling;

import dev.foretoken.contract.runtime.TokenLogprobs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Log-probabilities of unmodified logits: log-softmax, whatever the sampling parameters. */
public final class LogprobReport {

    /** Most alternatives that can be reported. */
    public static final int MAX_ALTERNATIVES = 1024;

    private final int vocabulary;
    private final MemorySegment ids;
    private final MemorySegment values;

    public LogprobReport(int vocabulary, Arena arena) {
        this.vocabulary = vocabulary;
        this.ids = arena.allocate((long) MAX_ALTERNATIVES * Integer.BYTES, 64);
        this.values = arena.allocate((long) MAX_ALTERNATIVES * Float.BYTES, 64);
    }

    /**
     * What {@code token} scored.
     *
     * @param row read to be reported
     * @param alternatives how many most likely tokens to list
     */
    public TokenLogprobs of(LogitRow row, int token, int alternatives) {
        float normaliser = row.logSumExp();
        int count = Math.min(Math.min(alternatives, MAX_ALTERNATIVES), vocabulary);
        int[] topIds = new int[count];
        float[] topLogprobs = new float[count];
        if (count > 0) {
            row.topK(count, ids, values);
        }
        for (int i = 0; i < count; i++) {
            topIds[i] = ids.getAtIndex(ValueLayout.JAVA_INT, i);
            topLogprobs[i] = values.getAtIndex(ValueLayout.JAVA_FLOAT, i) - normaliser;
        }
        return new TokenLogprobs(token, row.logit(token) - normaliser, row.rank(token), topIds, topLogprobs);
    }
}
