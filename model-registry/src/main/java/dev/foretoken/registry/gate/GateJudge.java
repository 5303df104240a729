package dev.foretoken.registry.gate;

import dev.foretoken.registry.measure.Measurement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares one variant's measurement with the limits of a gate. */
record GateJudge(Map<GateLimit, Double> limits, Optional<Measurement> reference, boolean isReference) {

    GateVerdict judge(Optional<Measurement> measured) {
        if (measured.isEmpty()) {
            return GateVerdict.unmeasured("it was not measured");
        }
        Measurement variant = measured.get();
        List<GateFinding> findings = limits.entrySet().stream()
                .filter(entry -> !(isReference && entry.getKey().relative()))
                .map(entry -> finding(entry.getKey(), entry.getValue(), variant))
                .toList();
        return new GateVerdict(findings);
    }

    private GateFinding finding(GateLimit limit, double bound, Measurement variant) {
        if (!limit.relative()) {
            return GateFinding.of(limit, bound, absolute(limit, variant));
        }
        if (reference.isEmpty()) {
            return GateFinding.missing(limit, bound, "the version's base was not measured");
        }
        if (!reference.get().evalSet().equals(variant.evalSet())) {
            return GateFinding.missing(limit, bound, "it and the version's base were measured with different texts");
        }
        return GateFinding.of(limit, bound, relative(limit, variant, reference.get()));
    }

    private static double absolute(GateLimit limit, Measurement variant) {
        return switch (limit) {
            case MAX_BYTES -> variant.footprint().storedBytes();
            case MAX_RESIDENT_BYTES -> variant.footprint().residentBytes();
            case MAX_KV_BYTES_PER_TOKEN -> variant.footprint().kvBytesPerToken();
            case MIN_DECODE_TOKENS_PER_SECOND -> variant.speed().decodeTokensPerSecond();
            case MAX_PERPLEXITY_INCREASE, MAX_KL, MIN_TOP1_AGREEMENT, MIN_QA_RETENTION -> Double.NaN;
        };
    }

    private static double relative(GateLimit limit, Measurement variant, Measurement base) {
        return switch (limit) {
            case MAX_PERPLEXITY_INCREASE ->
                variant.quality().perplexity() / base.quality().perplexity() - 1;
            case MAX_KL -> variant.quality().klDivergence();
            case MIN_TOP1_AGREEMENT -> variant.quality().topAgreement();
            case MIN_QA_RETENTION -> variant.retention(base);
            case MAX_BYTES, MAX_RESIDENT_BYTES, MAX_KV_BYTES_PER_TOKEN, MIN_DECODE_TOKENS_PER_SECOND -> Double.NaN;
        };
    }
}
