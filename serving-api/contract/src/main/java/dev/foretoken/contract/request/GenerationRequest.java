package dev.foretoken.contract.request;

/**
 * One validated request for one or more answers to one prompt. All ranges are checked where a protocol is parsed; only what depends on the
 * model (context length, vocabulary, features) is checked by the engine.
 *
 * @param model name of a served variant
 * @param choices number of sequences, at least 1; choice {@code c} draws with (seed, c, position)
 */
public record GenerationRequest(
        RequestIdentity identity,
        String model,
        Prompt prompt,
        int choices,
        SamplingParams sampling,
        StopConditions stop,
        OutputOptions output,
        ServiceLevel service,
        ModelOptions options) {

    public GenerationRequest {
        if (choices < 1) {
            throw new IllegalArgumentException("choices=" + choices + ", must be at least 1");
        }
    }

    /** A greedy request of {@code maxTokens} tokens with everything else at its default. */
    public static GenerationRequest greedy(String requestId, String model, Prompt prompt, int maxTokens) {
        return new GenerationRequest(
                RequestIdentity.anonymous(requestId),
                model,
                prompt,
                1,
                SamplingParams.GREEDY,
                StopConditions.afterTokens(maxTokens),
                OutputOptions.TOKENS_ONLY,
                ServiceLevel.DEFAULT,
                ModelOptions.DEFAULT);
    }

    public GenerationRequest withIdentity(RequestIdentity value) {
        return new GenerationRequest(value, model, prompt, choices, sampling, stop, output, service, options);
    }

    public GenerationRequest withChoices(int value) {
        return new GenerationRequest(identity, model, prompt, value, sampling, stop, output, service, options);
    }

    public GenerationRequest withSampling(SamplingParams value) {
        return new GenerationRequest(identity, model, prompt, choices, value, stop, output, service, options);
    }

    public GenerationRequest withStop(StopConditions value) {
        return new GenerationRequest(identity, model, prompt, choices, sampling, value, output, service, options);
    }

    public GenerationRequest withOutput(OutputOptions value) {
        return new GenerationRequest(identity, model, prompt, choices, sampling, stop, value, service, options);
    }

    public GenerationRequest withService(ServiceLevel value) {
        return new GenerationRequest(identity, model, prompt, choices, sampling, stop, output, value, options);
    }

    public GenerationRequest withOptions(ModelOptions value) {
        return new GenerationRequest(identity, model, prompt, choices, sampling, stop, output, service, value);
    }
}
