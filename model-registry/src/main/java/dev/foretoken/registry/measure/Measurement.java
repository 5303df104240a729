package dev.foretoken.registry.measure;

import java.time.Instant;

/**
 * What was measured of a variant, once.
 *
 * @param device class of device: processor and compute threads
 * @param tool name and version of what measured
 * @param evalSet identity of questions and texts, see {@link EvalSet#identity}: qualities of different sets cannot be compared
 * @param reference the variant that distributions were compared with
 */
public record Measurement(
        Instant measuredAt,
        String device,
        String tool,
        String evalSet,
        String reference,
        Quality quality,
        Footprint footprint,
        Speed speed) {

    /**
     * Share of the questions that {@code base} answers right which this is known to answer right too: the lower end of its interval by the other's
     * share. NaN when the other knows no answer: then nothing can be retained.
     */
    public double retention(Measurement base) {
        double share = base.quality().answers().value();
        return share == 0 ? Double.NaN : quality().answers().low() / share;
    }

    /**
     * What the variant says.
     *
     * @param perplexity of held-out texts, per token
     * @param textTokens how many tokens were scored
     * @param klDivergence nats per token from the reference; see {@link Divergence}
     * @param topAgreement share of positions at which both find the same token most likely
     * @param answers questions answered exactly; where the variant predicts prompts, from predicted ones that are never repaired
     */
    public record Quality(
            double perplexity, long textTokens, double klDivergence, double topAgreement, Proportion answers) {}

    /**
     * What the variant takes.
     *
     * @param storedBytes of its files
     * @param residentBytes of weights as they lie in memory
     * @param kvBytesPerToken of the cache, over all layers
     * @param stateBytes of the recurrent state of a sequence
     */
    public record Footprint(long storedBytes, long residentBytes, long kvBytesPerToken, long stateBytes) {}

    /**
     * How fast it is: one sequence, median of several runs, with prompts computed, or predicted, as the variant's settings say.
     *
     * @param promptTokens of each run
     * @param quiet whether the process had nothing else to compute; other numbers are lower bounds
     */
    public record Speed(double prefillTokensPerSecond, double decodeTokensPerSecond, int promptTokens, boolean quiet) {
        /** From the request to the first token, in milliseconds. */
        public double firstTokenMillis() {
            return promptTokens * 1e3 / prefillTokensPerSecond;
        }
    }
}
