package dev.foretoken.gateway.answer;

import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.request.PrefillMode;
import java.util.OptionalInt;

/**
 * How the prompts of an answer came into the caches.
 *
 * @param mode PREDICTED where one of them was predicted, else EXACT
 * @param predictedTokens prompt tokens whose keys and values were predicted
 * @param repairedAt generated tokens that came before they were replaced by exact ones, of several choices the most; empty: one of them still
 *     reads predicted ones, or none ever did
 */
public record AnswerPrefill(PrefillMode mode, int predictedTokens, OptionalInt repairedAt) {

    public static final AnswerPrefill EXACT = new AnswerPrefill(PrefillMode.EXACT, 0, OptionalInt.empty());

    static AnswerPrefill of(PrefillUsage usage) {
        return usage.mode() == PrefillMode.PREDICTED
                ? new AnswerPrefill(
                        usage.mode(),
                        usage.predictedTokens(),
                        usage.repairedAt() == PrefillUsage.NEVER
                                ? OptionalInt.empty()
                                : OptionalInt.of(usage.repairedAt()))
                : EXACT;
    }

    /** What is known of a prompt before its sequence has ended: all but the last token that no cache had. */
    static AnswerPrefill started(PrefillMode mode, int promptTokens, int cachedTokens) {
        return mode == PrefillMode.PREDICTED
                ? new AnswerPrefill(mode, Math.max(0, promptTokens - 1 - cachedTokens), OptionalInt.empty())
                : EXACT;
    }

    AnswerPrefill repaired(int afterTokens) {
        return new AnswerPrefill(mode, predictedTokens, OptionalInt.of(afterTokens));
    }

    public boolean isPredicted() {
        return mode == PrefillMode.PREDICTED;
    }

    public boolean isRepaired() {
        return repairedAt.isPresent();
    }

    /** With another choice of the same prompt, whose tokens count once. */
    AnswerPrefill beside(AnswerPrefill other) {
        return with(other, Math.max(predictedTokens, other.predictedTokens));
    }

    /** With another prompt. */
    AnswerPrefill plus(AnswerPrefill other) {
        return with(other, predictedTokens + other.predictedTokens);
    }

    private AnswerPrefill with(AnswerPrefill other, int tokens) {
        if (!isPredicted() || !other.isPredicted()) {
            return isPredicted() ? this : other;
        }
        boolean both = isRepaired() && other.isRepaired();
        return new AnswerPrefill(
                mode,
                tokens,
                both
                        ? OptionalInt.of(Math.max(repairedAt.getAsInt(), other.repairedAt.getAsInt()))
                        : OptionalInt.empty());
    }
}
