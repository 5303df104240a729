package dev.foretoken.contract.request;

/**
 * One validated request for one or more answers to one prompt. All ranges are checked where a protocol is parsed; only what depends on the
 * model (context length, vocabulary, features) is checked by the engine.
 *
 * @param model name of a served variant
 * @param choices number of sequences, at least 1; choice {@code c} draws with (seed, c, position)
 * @param resumed what was generated before, by an engine that did not end it
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
        ModelOptions options,
        Resumed resumed) {

    public GenerationRequest {
        if (choices < 1) {
            throw new IllegalArgumentException("choices=" + choices + ", must be at least 1");
        }
        if (!resumed.isEmpty() && resumed.choices().size() != choices) {
            throw new IllegalArgumentException("resumed tokens are given for "
                    + resumed.choices().size() + " choices, must be for all " + choices + " or none");
        }
    }

    /** A request from its beginning. */
    public GenerationRequest(
            RequestIdentity identity,
            String model,
            Prompt prompt,
            int choices,
            SamplingParams sampling,
            StopConditions stop,
            OutputOptions output,
            ServiceLevel service,
            ModelOptions options) {
        this(identity, model, prompt, choices, sampling, stop, output, service, options, Resumed.NONE);
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
        return new GenerationRequest(value, model, prompt, choices, sampling, stop, output, service, options, resumed);
    }

    public GenerationRequest withChoices(int value) {
        return new GenerationRequest(identity, model, prompt, value, sampling, stop, output, service, options, resumed);
    }

    public GenerationRequest withSampling(SamplingParams value) {
        return new GenerationRequest(identity, model, prompt, choices, value, stop, output, service, options, resumed);
    }

    public GenerationRequest withStop(StopConditions value) {
        return new GenerationRequest(
                identity, model, prompt, choices, sampling, value, output, service, options, resumed);
    }

    public GenerationRequest withOutput(OutputOptions value) {
        return new GenerationRequest(
                identity, model, prompt, choices, sampling, stop, value, service, options, resumed);
    }

    public GenerationRequest withService(ServiceLevel value) {
        return new GenerationRequest(identity, model, prompt, choices, sampling, stop, output, value, options, resumed);
    }

    public GenerationRequest withOptions(ModelOptions value) {
        return new GenerationRequest(identity, model, prompt, choices, sampling, stop, output, service, value, resumed);
    }

    public GenerationRequest withResumed(Resumed value) {
        return new GenerationRequest(identity, model, prompt, choices, sampling, stop, output, service, options, value);
    }
}
