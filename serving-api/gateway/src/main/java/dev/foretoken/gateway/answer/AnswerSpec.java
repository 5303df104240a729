package dev.foretoken.gateway.answer;

import dev.foretoken.gateway.model.PrefillChoice;
import org.jspecify.annotations.Nullable;

/**
 * One prompt and what its caller wants of it, parsed by a protocol but not yet checked against any range.
 *
 * @param choices number of answers; null = 1
 * @param prefill how the prompt comes into the caches
 */
public record AnswerSpec(
        PromptInput prompt,
        @Nullable Long choices,
        SamplingSpec sampling,
        StopSpec stop,
        OutputSpec output,
        ServiceSpec service,
        PrefillChoice prefill) {

    /** With the model's own way of reading its prompt. */
    public AnswerSpec(
            PromptInput prompt,
            @Nullable Long choices,
            SamplingSpec sampling,
            StopSpec stop,
            OutputSpec output,
            ServiceSpec service) {
        this(prompt, choices, sampling, stop, output, service, PrefillChoice.NONE);
    }

    public AnswerSpec withPrompt(PromptInput value) {
        return new AnswerSpec(value, choices, sampling, stop, output, service, prefill);
    }

    public AnswerSpec withPrefill(PrefillChoice value) {
        return new AnswerSpec(prompt, choices, sampling, stop, output, service, value);
    }
}
