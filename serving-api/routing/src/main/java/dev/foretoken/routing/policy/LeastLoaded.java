package dev.foretoken.routing.policy;

/** The one with the fewest sequences, reported there or sent from here; the first of equals from a drawn one on. */
public final class LeastLoaded implements RoutePolicy {

    @Override
    public String name() {
        return "least-loaded";
    }

    @Override
    public int choose(RouteFeatures features) {
        int[] ready = Eligible.ready(features);
        if (ready.length == 0) {
            return Eligible.lastResort(features);
        }
        int start = (int) Long.remainderUnsigned(features.draw(), ready.length);
        int best = ready[start];
        for (int i = 1; i < ready.length; i++) {
            int candidate = ready[(start + i) % ready.length];
            best = score(features, candidate) < score(features, best) ? candidate : best;
        }
        return best;
    }

    @Override
    public double score(RouteFeatures features, int candidate) {
        return features.candidates().get(candidate).busy();
    }
}
