package dev.foretoken.gateway.answer;

import org.jspecify.annotations.Nullable;

/**
 * One prompt and what its caller wants of it, parsed by a protocol but not yet checked against any range.
 *
 * @param choices number of answers; null = 1
 */
public record AnswerSpec(
        PromptInput prompt,
        @Nullable Long choices,
        SamplingSpec sampling,
        StopSpec stop,
        OutputSpec output,
        ServiceSpec service) {

    public AnswerSpec withPrompt(PromptInput value) {
        return new AnswerSpec(value, choices, sampling, stop, output, service);
    }
}
