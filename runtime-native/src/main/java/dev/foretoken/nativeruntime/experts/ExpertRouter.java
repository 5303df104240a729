package dev.foretoken.nativeruntime.experts;

import dev.foretoken.nativeruntime.plan.Routing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Chooses experts from router logits: a function of one token's logits, the same bits on every machine. A logit that is not a number counts as
 * negative infinity.
 */
public final class ExpertRouter {

    /** Keeps the sum of weights that are all zero from dividing by zero, as DeepSeek-V3 does. */
    private static final float LEAST_SUM = 1e-20f;

    private final Routing routing;
    private final int experts;
    private final float @Nullable [] bias;
    private final float[] logits;
    private final float[] scores;
    private final float[] groupScores;
    private final int[] keptGroups;
    private final int[] chosen;
    private final float[] weights;

    /** {@code bias}: fp32 [experts], of {@link Routing#choiceBias}, or null where there is none. */
    public ExpertRouter(Routing routing, int experts, @Nullable MemorySegment bias) {
        this.routing = routing;
        this.experts = experts;
        this.bias = bias == null ? null : bias.asSlice(0, 4L * experts).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        this.logits = new float[experts];
        this.scores = new float[experts];
        this.groupScores = new float[routing.groups().count()];
        this.keptGroups = new int[routing.groups().kept()];
        this.chosen = new int[routing.topK()];
        this.weights = new float[routing.topK()];
    }

    /** {@code all}: fp32 [tokens, experts]. */
    public void route(MemorySegment all, int tokens, ExpertChoices choices) {
        choices.clear();
        for (int token = 0; token < tokens; token++) {
            MemorySegment.copy(all, ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * token * experts, logits, 0, experts);
            for (int e = 0; e < experts; e++) {
                logits[e] = Float.isNaN(logits[e]) ? Float.NEGATIVE_INFINITY : logits[e];
            }
            choose();
            Arrays.sort(chosen);
            switch (routing.scoring()) {
                case SOFTMAX -> weighBySoftmax();
                case SIGMOID -> weighBySigmoid();
            }
            choices.add(chosen, weights);
        }
    }

    /** Softmax keeps the order of logits: they are compared themselves, which no rounding makes equal. */
    private void choose() {
        for (int e = 0; e < experts; e++) {
            float score = switch (routing.scoring()) {
                case SOFTMAX -> logits[e];
                case SIGMOID -> sigmoid(logits[e]);
            };
            scores[e] = bias == null ? score : score + bias[e];
        }
        if (keptGroups.length < groupScores.length) {
            dropGroups();
        }
        best(scores, chosen);
    }

    private void dropGroups() {
        int size = experts / groupScores.length;
        for (int group = 0; group < groupScores.length; group++) {
            float first = Float.NEGATIVE_INFINITY;
            float second = Float.NEGATIVE_INFINITY;
            for (int e = group * size; e < (group + 1) * size; e++) {
                second = Math.max(second, Math.min(first, scores[e]));
                first = Math.max(first, scores[e]);
            }
            groupScores[group] = size == 1 ? first : first + second;
        }
        best(groupScores, keptGroups);
        Arrays.sort(keptGroups);
        for (int e = 0; e < experts; e++) {
            if (Arrays.binarySearch(keptGroups, e / size) < 0) {
                scores[e] = Float.NaN;
            }
        }
    }

    /** The largest in descending order, the lowest index first among equals; NaN is never among them. */
    private static void best(float[] values, int[] into) {
        int found = 0;
        for (int i = 0; i < values.length; i++) {
            if (Float.isNaN(values[i])) {
                continue;
            }
            int at = found < into.length ? found++ : into.length;
            while (at > 0 && values[i] > values[into[at - 1]]) {
                if (at < into.length) {
                    into[at] = into[at - 1];
                }
                at--;
            }
            if (at < into.length) {
                into[at] = i;
            }
        }
    }

    private void weighBySoftmax() {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (int j = 0; j < chosen.length; j++) {
            weights[j] = exp(logits[chosen[j]] - max);
            sum += weights[j];
        }
        if (!routing.normalized()) {
            sum = 0;
            for (float logit : logits) {
                sum += exp(logit - max);
            }
        }
        for (int j = 0; j < chosen.length; j++) {
            weights[j] = (float) (weights[j] / sum) * routing.scale();
        }
    }

    private void weighBySigmoid() {
        double sum = 0;
        for (int j = 0; j < chosen.length; j++) {
            weights[j] = sigmoid(logits[chosen[j]]);
            sum += weights[j];
        }
        double divisor = routing.normalized() ? sum + LEAST_SUM : 1;
        for (int j = 0; j < chosen.length; j++) {
            weights[j] = (float) (weights[j] / divisor) * routing.scale();
        }
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-(double) x)));
    }

    private static float exp(float x) {
        return (float) Math.exp(x);
    }
}
