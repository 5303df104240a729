package dev.foretoken.scheduler;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * What is kept of computed prefixes. K and V stay in blocks that nobody needs; recurrent states are kept as copies, which take memory of their
 * own.
 *
 * @param enabled whether blocks and states are kept and found again
 * @param checkpointBytes memory for copies of recurrent states, out of a model's cache; 0 = a share of it
 * @param checkpointIntervalTokens a copy is kept every so many positions of a prompt; 0 = only where prompts end or part from each other
 * @param leastCheckpointTokens positions that a copy must spare beyond the copy before it
 */
public record PrefixCacheConfig(
        boolean enabled, long checkpointBytes, int checkpointIntervalTokens, int leastCheckpointTokens) {

    private static final int USUAL_INTERVAL = 1024;
    private static final int USUAL_LEAST = 64;

    public static final PrefixCacheConfig DEFAULT = new PrefixCacheConfig(true, 0, USUAL_INTERVAL, USUAL_LEAST);

    public PrefixCacheConfig {
        requireRange("scheduler.prefix-cache.checkpoint-bytes", checkpointBytes, 0, 1L << 50);
        requireRange("scheduler.prefix-cache.checkpoint-interval-tokens", checkpointIntervalTokens, 0, 1 << 24);
        requireRange("scheduler.prefix-cache.least-checkpoint-tokens", leastCheckpointTokens, 1, 1 << 20);
    }

    /** The defaults, on or off. */
    public static PrefixCacheConfig of(boolean enabled) {
        return new PrefixCacheConfig(enabled, 0, USUAL_INTERVAL, USUAL_LEAST);
    }
}
