package dev.foretoken.contract.engine;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one sequence, in order: Started, PromptScored (when asked), TokenGenerated..., then exactly one of Finished or Failed.
 * {@code choice} says which of the request's sequences, from 0.
 */
public sealed interface EngineEvent {

    int choice();

    /**
     * The first step with this sequence was planned.
     *
     * @param cachedTokens prompt tokens found in the prefix cache
     * @param prefill the mode that was chosen: never AUTO
     */
    record Started(int choice, int promptTokens, int cachedTokens, PrefillMode prefill) implements EngineEvent {
        /** Of a prompt that the model computes itself. */
        public Started(int choice, int promptTokens, int cachedTokens) {
            this(choice, promptTokens, cachedTokens, PrefillMode.EXACT);
        }
    }

    /** One entry per prompt position from 1 on: position 0 has no predecessor. */
    record PromptScored(int choice, List<TokenLogprobs> logprobs) implements EngineEvent {
        public PromptScored {
            logprobs = List.copyOf(logprobs);
        }
    }

    /** One token was sampled. {@code position}: 0-based index in the sequence, prompt included. */
    record TokenGenerated(
            int choice, int tokenId, int position, @Nullable TokenLogprobs logprobs) implements EngineEvent {}

    /** Predicted K/V were replaced by exact ones before token {@code position} was computed. */
    record Repaired(int choice, int position) implements EngineEvent {}

    record Finished(int choice, FinishReason reason, Usage usage) implements EngineEvent {}

    record Failed(int choice, ErrorCode code, String detail) implements EngineEvent {}

    /** Whether no event of this choice follows. */
    default boolean isLast() {
        return switch (this) {
            case Started e -> false;
            case PromptScored e -> false;
            case TokenGenerated e -> false;
            case Repaired e -> false;
            case Finished e -> true;
            case Failed e -> true;
        };
    }
}
