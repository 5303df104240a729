package dev.foretoken.gateway.answer;

import static dev.foretoken.gateway.answer.FieldCheck.integer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.answer.StopSpec.StopTokens;
import dev.foretoken.gateway.model.ServedModel;
import java.util.stream.IntStream;

/** Checks when a request ends: its token limit against the context, its stop strings and stop tokens. */
final class StopCheck {

    private final AnswerLimits limits;

    StopCheck(AnswerLimits limits) {
        this.limits = limits;
    }

    /** @param answersPrompt whether an answer of 0 tokens makes sense */
    StopConditions check(StopSpec spec, ServedModel model, int promptTokens, ModelInfo info, boolean answersPrompt) {
        strings(spec, model);
        int maxTokens = maxTokens(spec, promptTokens, info, answersPrompt);
        int minTokens = integer("min_tokens", spec.minTokens(), 0, 0, maxTokens);
        return new StopConditions(maxTokens, minTokens, stopTokens(spec.tokenIds(), model, info));
    }

    private int maxTokens(StopSpec spec, int promptTokens, ModelInfo info, boolean answersPrompt) {
        int room = info.contextTokens() - promptTokens;
        int least = answersPrompt ? 0 : 1;
        if (room < least) {
            throw exceeded(info, "the prompt has " + promptTokens + " tokens", spec);
        }
        Integer fallback = spec.defaultMaxTokens();
        int asked = integer(
                spec.maxTokensField(),
                spec.maxTokens(),
                fallback == null ? room : Math.min(fallback, room),
                least,
                Integer.MAX_VALUE);
        if (asked > room) {
            throw exceeded(
                    info,
                    ((long) promptTokens + asked) + " tokens were asked for (" + promptTokens + " in the prompt, "
                            + asked + " to generate)",
                    spec);
        }
        return asked;
    }

    private static ForetokenException exceeded(ModelInfo info, String found, StopSpec spec) {
        return new ForetokenException(
                        ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                        "the model's context is " + info.contextTokens() + " tokens, but " + found
                                + "; shorten the prompt or lower " + spec.maxTokensField())
                .withParam(spec.maxTokensField());
    }

    private void strings(StopSpec spec, ServedModel model) {
        FieldCheck.count("stop", spec.strings().size(), limits.maxStopStrings());
        if (!spec.strings().isEmpty()) {
            model.requireTokenizer();
        }
        for (String stop : spec.strings()) {
            if (stop.isEmpty() || stop.length() > limits.maxStopCharacters()) {
                throw ForetokenException.invalid(
                        "stop",
                        "stop has a string of " + stop.length() + " characters, must be 1 to "
                                + limits.maxStopCharacters());
            }
        }
    }

    private TokenIds stopTokens(StopTokens spec, ServedModel model, ModelInfo info) {
        FieldCheck.count("stop_token_ids", spec.callers().size(), limits.maxStopTokens());
        spec.callers().stream().forEach(id -> FieldCheck.token("stop_token_ids", id, info.vocabularySize()));
        if (spec.ignoreEos()) {
            return spec.callers();
        }
        return TokenIds.of(IntStream.concat(model.endOfSequence().stream(), spec.callers().stream())
                .distinct()
                .toArray());
    }
}
