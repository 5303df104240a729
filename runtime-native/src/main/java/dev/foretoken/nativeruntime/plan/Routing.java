package dev.foretoken.nativeruntime.plan;

import org.jspecify.annotations.Nullable;

/**
 * How a token's router logits become experts and their weights. Among equals the lowest expert is chosen.
 *
 * @param topK experts of a token
 * @param scoring what stands for a logit
 * @param normalized whether the weights of the chosen experts are divided by their sum
 * @param scale of every weight
 * @param choiceBias [experts], added to the scores by which experts are chosen and not to their weights, or null
 * @param groups of neighbouring experts, of which only the best take part
 */
public record Routing(
        int topK,
        Scoring scoring,
        boolean normalized,
        float scale,
        @Nullable VectorRef choiceBias,
        Groups groups) {

    /** What an expert's weight is made of. */
    public enum Scoring {
        /** {@code exp(logit) / sum of exp(logits)}. Normalised, it is the softmax of the chosen logits. */
        SOFTMAX,
        /** {@code 1 / (1 + exp(-logit))} (DeepSeek-V3 2024). */
        SIGMOID,
    }

    /**
     * Device-limited routing (DeepSeek-V2 2024): a group counts as the sum of its two best experts.
     *
     * @param count of groups, which all have as many experts
     * @param kept best groups whose experts may be chosen
     */
    public record Groups(int count, int kept) {
        public static final Groups NONE = new Groups(1, 1);
    }

    public Routing withChoiceBias(VectorRef other) {
        return new Routing(topK, scoring, normalized, scale, other, groups);
    }

    /** The best {@code topK} by the softmax of their logits; normalized: by the softmax of the chosen ones. */
    public static Routing softmax(int topK, boolean normalized) {
        return new Routing(topK, Scoring.SOFTMAX, normalized, 1, null, Groups.NONE);
    }
}
