package dev.foretoken.bench.client;

/**
 * Token counts as the server states them.
 *
 * @param cachedTokens the part of the prompt it took from a prefix cache
 * @param predictedTokens the part of the prompt whose K and V it predicted
 */
public record Usage(long promptTokens, long completionTokens, long cachedTokens, long predictedTokens) {
    /** Of an exact prompt. */
    public Usage(long promptTokens, long completionTokens, long cachedTokens) {
        this(promptTokens, completionTokens, cachedTokens, 0);
    }
}
