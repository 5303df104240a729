package dev.foretoken.gateway.answer;

import static dev.foretoken.gateway.answer.FieldCheck.number;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Ranges and defaults of the sampling fields (those of OpenAI; where it has none, those of vLLM). */
final class SamplingCheck {

    private static final double MAX_TEMPERATURE = 2;
    private static final double MAX_PENALTY = 2;
    private static final double MAX_REPETITION = 10;
    private static final double MAX_BIAS = 100;
    /** Below this a probability mass or a divisor is as good as nothing, and would be 0 as fp32 soon. */
    private static final double SMALLEST = 1e-6;

    private final AnswerLimits limits;
    private final LongSupplier seeds;

    SamplingCheck(AnswerLimits limits, LongSupplier seeds) {
        this.limits = limits;
        this.seeds = seeds;
    }

    SamplingParams check(SamplingSpec spec, ModelInfo model) {
        Long seed = spec.seed();
        return new SamplingParams(
                number("temperature", spec.temperature(), 1f, 0, MAX_TEMPERATURE),
                topK(spec.topK(), model),
                number("top_p", spec.topP(), 1f, SMALLEST, 1),
                number("min_p", spec.minP(), 0f, 0, 1),
                penalties(spec.penalties()),
                bias(spec.logitBias(), model),
                seed == null ? seeds.getAsLong() : seed);
    }

    /** 0 and -1 both mean off; more than the vocabulary is everything. */
    private static int topK(@Nullable Long value, ModelInfo model) {
        int checked = FieldCheck.integer("top_k", value, 0, -1, Integer.MAX_VALUE);
        return checked >= model.vocabularySize() ? 0 : Math.max(checked, 0);
    }

    private static Penalties penalties(SamplingSpec.PenaltySpec spec) {
        return new Penalties(
                number("presence_penalty", spec.presence(), 0f, -MAX_PENALTY, MAX_PENALTY),
                number("frequency_penalty", spec.frequency(), 0f, -MAX_PENALTY, MAX_PENALTY),
                number("repetition_penalty", spec.repetition(), 1f, SMALLEST, MAX_REPETITION));
    }

    private LogitBias bias(Map<Integer, Double> spec, ModelInfo model) {
        if (spec.isEmpty()) {
            return LogitBias.NONE;
        }
        FieldCheck.count("logit_bias", spec.size(), limits.maxLogitBias());
        int[] ids = new int[spec.size()];
        float[] values = new float[ids.length];
        int next = 0;
        // Sorted, so that equal requests are equal bit for bit.
        for (Map.Entry<Integer, Double> entry : new TreeMap<>(spec).entrySet()) {
            ids[next] = FieldCheck.token("logit_bias", entry.getKey(), model.vocabularySize());
            values[next++] = number("logit_bias", entry.getValue(), 0f, -MAX_BIAS, MAX_BIAS);
        }
        return new LogitBias(TokenIds.of(ids), values);
    }
}
