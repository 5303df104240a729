package dev.foretoken.gateway.answer;

import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one choice, in order: Started, PromptScored (when asked), Token..., Ended. Failures are exceptions of
 * {@link AnswerStream#next}, because they end the whole answer.
 */
public sealed interface AnswerEvent {

    int choice();

    record Started(int choice, int promptTokens, int cachedTokens) implements AnswerEvent {}

    /** One entry per prompt position from 1 on. */
    record PromptScored(int choice, List<TokenLogprobs> logprobs) implements AnswerEvent {}

    /**
     * One token of the answer. {@code text}: what is final now; empty in the middle of a character, while it may become a stop string, and
     * for a model without tokenizer.
     */
    record Token(
            int choice, int tokenId, String text, @Nullable TokenLogprobs logprobs) implements AnswerEvent {}

    /** The choice is over. {@code text}: what was held back until now. */
    record Ended(int choice, String text, AnswerFinish finish, int completionTokens) implements AnswerEvent {}
}
