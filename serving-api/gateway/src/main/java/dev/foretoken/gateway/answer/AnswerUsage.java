package dev.foretoken.gateway.answer;

/**
 * What an answer costs its caller. The prompt counts once, however many choices share it; tokens after a stop string do not count.
 *
 * @param cachedTokens prompt tokens found in the prefix cache by choice 0
 * @param prefill how the prompt came into the caches
 */
public record AnswerUsage(int promptTokens, int cachedTokens, int completionTokens, AnswerPrefill prefill) {

    public static final AnswerUsage NONE = new AnswerUsage(0, 0, 0, AnswerPrefill.EXACT);

    public AnswerUsage plus(AnswerUsage other) {
        return new AnswerUsage(
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                completionTokens + other.completionTokens,
                prefill.plus(other.prefill));
    }
}
