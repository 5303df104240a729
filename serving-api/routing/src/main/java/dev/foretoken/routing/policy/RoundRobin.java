package dev.foretoken.routing.policy;

/** The one whose last turn is longest ago. */
public final class RoundRobin implements RoutePolicy {

    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public int choose(RouteFeatures features) {
        int[] ready = Eligible.ready(features);
        if (ready.length == 0) {
            return Eligible.lastResort(features);
        }
        int best = ready[0];
        for (int candidate : ready) {
            best = score(features, candidate) < score(features, best) ? candidate : best;
        }
        return best;
    }

    @Override
    public double score(RouteFeatures features, int candidate) {
        return features.candidates().get(candidate).lastTurn();
    }
}
