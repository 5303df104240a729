package dev.foretoken.nativeruntime.experts;

import dev.foretoken.contract.runtime.ExpertLoad;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The experts of every token of a step, each token's in ascending order, with their weights. */
public final class ExpertChoices {

    private final int experts;
    private final int perToken;
    private final int[] ids;
    private final int[] counts;
    private final MemorySegment weights;
    private int tokens;

    /** {@code weights}: fp32, room for the most tokens of a step. */
    public ExpertChoices(int experts, int perToken, int maxTokens, MemorySegment weights) {
        this.experts = experts;
        this.perToken = perToken;
        this.ids = new int[maxTokens * perToken];
        this.counts = new int[experts];
        this.weights = weights;
    }

    void clear() {
        tokens = 0;
        java.util.Arrays.fill(counts, 0);
    }

    /** Of the next token: ids ascending. */
    void add(int[] chosen, float[] chosenWeights) {
        int at = tokens * perToken;
        for (int j = 0; j < perToken; j++) {
            ids[at + j] = chosen[j];
            counts[chosen[j]]++;
            weights.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * (at + j), chosenWeights[j]);
        }
        tokens++;
    }

    public int experts() {
        return experts;
    }

    /** Experts of one token. */
    public int perToken() {
        return perToken;
    }

    public int tokens() {
        return tokens;
    }

    /** {@code rank}: in [0, perToken), ascending with the expert. */
    public int expert(int token, int rank) {
        return ids[token * perToken + rank];
    }

    /** Tokens that use an expert. */
    public int count(int expert) {
        return counts[expert];
    }

    /** Counts every choice of the step. */
    public void addTo(ExpertLoad load) {
        for (int expert = 0; expert < experts; expert++) {
            if (counts[expert] > 0) {
                load.add(expert, counts[expert]);
            }
        }
    }

    /** fp32 [tokens, perToken]. */
    public MemorySegment weights() {
        return weights;
    }
}
