package dev.foretoken.bench.engine;

/**
 * One run of a batch, split at the moment the last sequence has its first token: before it prompts are computed (and some
 * sequences already decode), after it all sequences decode.
 *
 * @param prefillSeconds from submitting to that moment
 * @param decodeSeconds from that moment to the last token
 * @param decodedTokens tokens that came in the second part
 */
public record BatchRun(long promptTokens, double prefillSeconds, double decodeSeconds, long decodedTokens) {
    double prefillTokensPerSecond() {
        return promptTokens / prefillSeconds;
    }

    /** Of all sequences together. */
    double decodeTokensPerSecond() {
        return decodeSeconds <= 0 ? 0 : decodedTokens / decodeSeconds;
    }
}
