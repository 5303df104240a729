package dev.foretoken.sampling;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** One row of logits and what a pass over it found; read again for each row. */
public final class LogitRow {

    private final LogitPasses passes;
    private final int vocabulary;
    private final LogitSummary summary;
    private MemorySegment logits = MemorySegment.NULL;
    private boolean normalised;

    public LogitRow(LogitPasses passes, int vocabulary, Arena arena) {
        this.passes = passes;
        this.vocabulary = vocabulary;
        this.summary = LogitSummary.allocate(vocabulary, arena);
    }

    /** For reports alone: nothing is drawn from the row. */
    public void readToReport(MemorySegment row) {
        read(row, null, 0, true);
    }

    /**
     * Reads fp32 [vocabulary] once.
     *
     * @param mask refuses ids in place; as in {@link LogitPasses#summarize}
     * @param inverseTemperature of the weights to sum; 0: none
     * @param normalise whether {@link #logSumExp} is wanted
     */
    void read(MemorySegment row, @Nullable MemorySegment mask, float inverseTemperature, boolean normalise) {
        passes.summarize(row, vocabulary, mask, inverseTemperature, normalise, summary);
        logits = row;
        normalised = normalise;
    }

    MemorySegment logits() {
        return logits;
    }

    boolean isNormalised() {
        return normalised;
    }

    float logit(int id) {
        return logits.getAtIndex(ValueLayout.JAVA_FLOAT, id);
    }

    int argmax() {
        return summary.argmax().get(ValueLayout.JAVA_INT, 0);
    }

    float max() {
        return summary.max().get(ValueLayout.JAVA_FLOAT, 0);
    }

    float logSumExp() {
        return summary.logSumExp().get(ValueLayout.JAVA_FLOAT, 0);
    }

    /** Of all tokens at the temperature read for, that of the largest logit being 1. */
    double mass() {
        return summary.mass().get(ValueLayout.JAVA_DOUBLE, 0);
    }

    /** Place of a token, 1 being the most likely, lower ids first among equals. */
    int rank(int token) {
        float own = logit(token);
        int rank = 1;
        for (int block = 0; block < LogitSummary.blocks(vocabulary); block++) {
            if (summary.blockMax(block) >= own) {
                rank += before(token, own, block);
            }
        }
        return rank;
    }

    private int before(int token, float own, int block) {
        int count = 0;
        int end = Math.min((block + 1) * LogitSummary.BLOCK, vocabulary);
        for (int id = block * LogitSummary.BLOCK; id < end; id++) {
            float other = logit(id);
            count += other > own || (other == own && id < token) ? 1 : 0;
        }
        return count;
    }

    /** {@link LogitPasses#topK}. */
    void topK(int k, MemorySegment ids, MemorySegment values) {
        passes.topK(logits, vocabulary, summary, k, ids, values);
    }

    /** {@link LogitPasses#sample}. */
    int sample(float inverseTemperature, float floor, float uniform) {
        return passes.sample(logits, vocabulary, summary, inverseTemperature, floor, uniform);
    }
}
