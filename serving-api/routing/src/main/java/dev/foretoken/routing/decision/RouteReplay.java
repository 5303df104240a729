package dev.foretoken.routing.decision;

import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * What a policy would have done with recorded decisions, each by itself: what it changes does not change what the next one sees.
 *
 * @param equal decisions with the same choice
 * @param changed the others, in order
 * @param recordedNanos sum of the expected times to first token of what was chosen, over all decisions with a choice on both sides
 * @param replayedNanos the same of what this policy chooses
 */
public record RouteReplay(
        String policy, int decisions, int equal, List<Change> changed, double recordedNanos, double replayedNanos) {

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

    public static RouteReplay of(List<RouteDecision> recorded, RoutePolicy policy) {
        List<Change> changed = new ArrayList<>();
        double before = 0;
        double after = 0;
        for (RouteDecision decision : recorded) {
            RouteFeatures features = decision.features();
            int choice = policy.choose(features);
            double was = expected(features, decision.chosen());
            double is = expected(features, choice);
            if (!Double.isNaN(was) && !Double.isNaN(is)) {
                before += was;
                after += is;
            }
            if (choice != decision.chosen()) {
                changed.add(
                        new Change(decision.id(), name(decision, decision.chosen()), name(decision, choice), was, is));
            }
        }
        int all = recorded.size();
        return new RouteReplay(policy.name(), all, all - changed.size(), changed, before, after);
    }

    /** Every policy is measured by the same estimate. */
    private static double expected(RouteFeatures features, int candidate) {
        return candidate < 0 ? Double.NaN : RoutePolicies.DEFAULT.score(features, candidate);
    }

    private static String name(RouteDecision decision, int candidate) {
        return candidate < 0 ? "" : decision.candidates().get(candidate).endpoint();
    }
}
