package dev.foretoken.routing.decision;

import java.util.List;

/**
 * What a policy would have done with recorded decisions, each by itself: what it changes does not change what the next one sees.
 *
 * @param decisions that had candidates; a request that was turned away before a choice is none of a policy's
 * @param equal decisions with the same choice
 * @param changed the first of the others, in order
 * @param compared decisions with a choice on both sides
 * @param recordedNanos mean of the expected times to first token of what was chosen, over those; NaN where there is none
 * @param replayedNanos the same of what this policy chooses
 * @param refused decisions whose engine did not take the request after all
 * @param refusedElsewhere those of them that this policy sends to another engine
 */
public record RouteReplay(
        String policy,
        int decisions,
        int equal,
        List<Change> changed,
        int compared,
        double recordedNanos,
        double replayedNanos,
        int refused,
        int refusedElsewhere) {

    public RouteReplay {
        changed = List.copyOf(changed);
    }

    /**
     * One choice that differs.
     *
     * @param recordedNanos expected time to first token of what was chosen; NaN where nothing was
     * @param replayedNanos the same of what this policy chooses
     */
    public record Change(String id, String recorded, String replayed, double recordedNanos, double replayedNanos) {}

    /** Share of equal choices, 0 to 1; 1 of none. */
    public double equalShare() {
        return decisions == 0 ? 1 : (double) equal / decisions;
    }
}
