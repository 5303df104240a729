package dev.foretoken.routing.policy;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.routing.cost.FirstTokenEstimate;
import java.util.Arrays;
import java.util.List;

/**
 * The engine from which the first token is expected first: by its own costs, what is ahead there, and what of the prompt it holds. Several
 * gateways see the same reports, so among those that are about as good two are drawn, and the less busy one is taken. Where most reports are
 * too old to be believed, two of all are drawn.
 */
public final class ExpectedTtft implements RoutePolicy {

    /** Estimates are not exact: so much more is as good. */
    private static final double ABOUT = 1.05;
    /** What work is taken to cost where nobody has measured it. */
    static final PrefillCost NOMINAL = new PrefillCost(100_000, 0, 20_000_000, 512);

    @Override
    public String name() {
        return "expected-ttft";
    }

    @Override
    public int choose(RouteFeatures features) {
        int[] ready = Eligible.ready(features);
        if (ready.length == 0) {
            return Eligible.lastResort(features);
        }
        if (isStale(features)) {
            return PowerOfTwo.pick(features, ready);
        }
        PrefillCost typical = typical(features);
        double least = Double.MAX_VALUE;
        for (int candidate : ready) {
            least = isFresh(features, candidate) ? Math.min(least, nanos(features, candidate, typical)) : least;
        }
        double near = least * ABOUT;
        return PowerOfTwo.pick(
                features,
                Arrays.stream(ready)
                        .filter(i -> isFresh(features, i) && nanos(features, i, typical) <= near)
                        .toArray());
    }

    /** Nanoseconds until the first token is expected. */
    @Override
    public double score(RouteFeatures features, int candidate) {
        boolean measured = features.candidates().get(candidate).cost().isMeasured();
        return nanos(features, candidate, measured ? NOMINAL : typical(features));
    }

    @Override
    public WhyNot whyNot(RouteFeatures features, int candidate) {
        CandidateFeatures seen = features.candidates().get(candidate);
        return seen.standing() == Standing.READY && !seen.fresh() && !isStale(features)
                ? WhyNot.STALE
                : RoutePolicy.super.whyNot(features, candidate);
    }

    /** Whether more than half of those that can answer have not reported for too long: then the others would get everything. */
    private static boolean isStale(RouteFeatures features) {
        int fresh = 0;
        int ready = 0;
        for (CandidateFeatures candidate : features.candidates()) {
            boolean able = candidate.standing() == Standing.READY;
            ready += able ? 1 : 0;
            fresh += able && candidate.fresh() ? 1 : 0;
        }
        return 2 * fresh < ready;
    }

    private static boolean isFresh(RouteFeatures features, int candidate) {
        return features.candidates().get(candidate).fresh();
    }

    private static double nanos(RouteFeatures features, int candidate, PrefillCost typical) {
        CandidateFeatures seen = features.candidates().get(candidate);
        boolean measured = seen.cost().isMeasured();
        double ahead = measured
                ? seen.aheadNanos()
                : FirstTokenEstimate.nanos(typical, seen.queuedTokens() + seen.sentTokens(), 0)
                        + seen.busy() * typical.nanosPerStep();
        double own = FirstTokenEstimate.promptNanos(
                measured ? seen.cost() : typical, features.promptTokens(), seen.cachedTokens());
        return (ahead + own) * seen.slowness();
    }

    /** One that has not measured anything yet is taken for the average of those that have. */
    private static PrefillCost typical(RouteFeatures features) {
        List<PrefillCost> measured = features.candidates().stream()
                .map(CandidateFeatures::cost)
                .filter(PrefillCost::isMeasured)
                .toList();
        if (measured.isEmpty()) {
            return NOMINAL;
        }
        double perToken = 0;
        double perPair = 0;
        double perStep = 0;
        long room = 0;
        for (PrefillCost cost : measured) {
            perToken += cost.nanosPerToken();
            perPair += cost.nanosPerPair();
            perStep += cost.nanosPerStep();
            room += cost.tokensPerStep();
        }
        int n = measured.size();
        return new PrefillCost(perToken / n, perPair / n, perStep / n, (int) (room / n));
    }
}
