package dev.foretoken.gateway.answer;

import dev.foretoken.contract.request.TokenIds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When to stop, as a caller sent it, unchecked; null = not sent.
 *
 * @param maxTokens most tokens to generate; null = {@code defaultMaxTokens}
 * @param maxTokensField what the protocol calls it, for messages
 * @param defaultMaxTokens the protocol's default; null = what the context leaves
 * @param strings texts that end the answer
 * @param includeString whether the stop string stays in the text
 * @param tokenIds tokens that end the answer, beside the model's own end of sequence
 */
public record StopSpec(
        @Nullable Long maxTokens,
        String maxTokensField,
        @Nullable Integer defaultMaxTokens,
        @Nullable Long minTokens,
        List<String> strings,
        boolean includeString,
        StopTokens tokenIds) {

    public StopSpec {
        strings = List.copyOf(strings);
    }

    /** At most {@code maxTokens} (null = what the context leaves), and the model's own end of sequence. */
    public static StopSpec afterTokens(@Nullable Long maxTokens) {
        return new StopSpec(maxTokens, "max_tokens", null, null, List.of(), false, StopTokens.MODEL_ONLY);
    }

    /** Which tokens end a sequence: the model's own unless ignored, and the caller's. */
    public record StopTokens(TokenIds callers, boolean ignoreEos) {
        public static final StopTokens MODEL_ONLY = new StopTokens(TokenIds.EMPTY, false);
    }
}
