package dev.foretoken.gateway.answer;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sampling fields as a caller sent them, unchecked; null = not sent. Names and meanings as in the OpenAI and vLLM interfaces. */
public record SamplingSpec(
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Long topK,
        @Nullable Double minP,
        PenaltySpec penalties,
        Map<Integer, Double> logitBias,
        @Nullable Long seed) {

    public static final SamplingSpec DEFAULT =
            new SamplingSpec(null, null, null, null, PenaltySpec.DEFAULT, Map.of(), null);

    public SamplingSpec {
        logitBias = Map.copyOf(logitBias);
    }

    /** Penalty fields as sent; null = not sent. */
    public record PenaltySpec(
            @Nullable Double presence,
            @Nullable Double frequency,
            @Nullable Double repetition) {
        public static final PenaltySpec DEFAULT = new PenaltySpec(null, null, null);
    }
}
