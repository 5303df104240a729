package dev.foretoken.routing.variant;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * What ends a shadow for good.
 *
 * @param minSamples shadows that must have ended before a share counts
 * @param maxDivergence share of the tokens of compared answers that may differ, 0 to 1
 * @param maxErrors share of the shadows that may fail, 0 to 1
 * @param maxShed share of the shadows that may be given up because engines were busy, 0 to 1
 * @param maxWaiting sequences that may wait in the engine of a shadow; with more it is not begun, and given up if it was
 */
public record ShadowLimits(int minSamples, double maxDivergence, double maxErrors, double maxShed, int maxWaiting) {

    public static final ShadowLimits DEFAULT = new ShadowLimits(50, 0.5, 0.05, 0.5, 0);

    public ShadowLimits {
        requireRange("shadow.min_samples", minSamples, 1, 1_000_000);
        requireShare("shadow.max_divergence", maxDivergence);
        requireShare("shadow.max_errors", maxErrors);
        requireShare("shadow.max_shed", maxShed);
        requireRange("shadow.max_waiting", maxWaiting, 0, 1_000_000);
    }

    private static void requireShare(String key, double share) {
        require(share >= 0 && share <= 1, key, share, "in [0, 1]");
    }
}
