package dev.foretoken.routing.decision;

import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import java.util.ArrayList;
import java.util.List;

/** Gives recorded decisions to a policy, one after another. One thread. */
public final class RouteReplayer {

    private final RoutePolicy policy;
    private final int mostChanges;
    private final List<RouteReplay.Change> changed = new ArrayList<>();
    private int decisions;
    private int equal;
    private int compared;
    private double recordedNanos;
    private double replayedNanos;
    private int refused;
    private int refusedElsewhere;

    /** @param mostChanges of which the result tells more than their number */
    public RouteReplayer(RoutePolicy policy, int mostChanges) {
        this.policy = policy;
        this.mostChanges = mostChanges;
    }

    public void add(RouteDecision decision) {
        if (decision.candidates().isEmpty()) {
            return;
        }
        decisions++;
        RouteFeatures features = decision.features();
        int choice = policy.choose(features);
        double was = expected(features, decision.chosen());
        double is = expected(features, choice);
        if (!Double.isNaN(was) && !Double.isNaN(is)) {
            compared++;
            recordedNanos += was;
            replayedNanos += is;
        }
        if (decision.chosen() >= 0 && decision.refusal().isPresent()) {
            refused++;
            refusedElsewhere += choice == decision.chosen() ? 0 : 1;
        }
        if (choice == decision.chosen()) {
            equal++;
        } else if (changed.size() < mostChanges) {
            changed.add(new RouteReplay.Change(
                    decision.id(), name(decision, decision.chosen()), name(decision, choice), was, is));
        }
    }

    /** Of everything so far. */
    public RouteReplay result() {
        return new RouteReplay(
                policy.name(),
                decisions,
                equal,
                changed,
                compared,
                recordedNanos / compared,
                replayedNanos / compared,
                refused,
                refusedElsewhere);
    }

    /** Every policy is measured by the same estimate. */
    private static double expected(RouteFeatures features, int candidate) {
        return candidate < 0 ? Double.NaN : RoutePolicies.DEFAULT.score(features, candidate);
    }

    private static String name(RouteDecision decision, int candidate) {
        return candidate < 0 ? "" : decision.candidates().get(candidate).endpoint();
    }
}
