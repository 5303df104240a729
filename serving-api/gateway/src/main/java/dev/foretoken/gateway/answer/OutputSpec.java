package dev.foretoken.gateway.answer;

import org.jspecify.annotations.Nullable;

/**
 * What to report beside text, as a caller sent it, unchecked.
 *
 * @param topLogprobs alternatives beside the drawn token; null = no log-probabilities
 * @param topLogprobsField what the protocol calls it, for messages
 * @param promptLogprobs the same for each prompt token
 * @param skipSpecialTokens leave special tokens out of the text
 * @param echo whether the answer begins with the prompt, so that one of 0 tokens makes sense
 */
public record OutputSpec(
        @Nullable Long topLogprobs,
        String topLogprobsField,
        @Nullable Long promptLogprobs,
        boolean skipSpecialTokens,
        boolean echo) {

    public static final OutputSpec TEXT_ONLY = new OutputSpec(null, "logprobs", null, true, false);
}
