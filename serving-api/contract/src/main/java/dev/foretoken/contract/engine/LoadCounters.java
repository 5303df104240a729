package dev.foretoken.contract.engine;

/**
 * Totals since load. {@code prefixQueriedTokens} and {@code prefixHitTokens} count prompt tokens looked up and found in the prefix cache.
 */
public record LoadCounters(
        long promptTokens,
        long generatedTokens,
        long prefixQueriedTokens,
        long prefixHitTokens,
        long preemptions,
        long steps,
        long stepNanos) {
    public static final LoadCounters ZERO = new LoadCounters(0, 0, 0, 0, 0, 0, 0);
}
