package dev.foretoken.contract.engine;

/**
 * Where a sequence's time went, in nanoseconds of the engine's monotonic clock.
 *
 * @param queueNanos admission to first scheduled
 * @param prefillNanos first scheduled to first token
 * @param decodeNanos first token to last token
 */
public record Timings(long queueNanos, long prefillNanos, long decodeNanos) {
    public static final Timings NONE = new Timings(0, 0, 0);
}
