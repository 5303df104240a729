package dev.foretoken.routing.policy;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.routing.cost.FirstTokenEstimate;
import java.util.Arrays;

/**
 * The engine from which the first token is expected first: by its own costs, what is ahead there, and what of the prompt it holds. Several
 * gateways see the same reports, so among those that are about as good two are drawn, and the less busy one is taken. Where most reports are
 * too old to be believed, two of all are drawn.
 *
 * <p>What is computed for one delays those behind it. So tokens that are not held count the more the more sequences there are: where all
 * engines are busy, a queue that is a little shorter elsewhere does not make up for a prompt that has to be computed there once more. (Without
 * this a cluster that is overloaded once goes on computing what it holds already, at a fraction of its throughput.)
 */
public final class ExpectedTtft implements RoutePolicy {

    /** What work is taken to cost where nobody has measured it. */
    static final PrefillCost NOMINAL = new PrefillCost(100_000, 0, 20_000_000, 512);

    /** An engine that is full, and one with so many times fewer sequences: then there is room, and a prompt may be computed once more. */
    private static final int FEWER = 2;

    private final Weights weights;

    public ExpectedTtft() {
        this(Weights.DEFAULT);
    }

    public ExpectedTtft(Weights weights) {
        this.weights = weights;
    }

    /**
     * What counts how much.
     *
     * @param about estimates are not exact: so many times the least price is as good as it; at least 1
     * @param delay how often a prompt's own time counts once more for each sequence there, since each of them, or one that comes in its place,
     *     waits for it; not negative
     */
    public record Weights(double about, double delay) {

        public static final Weights DEFAULT = new Weights(1.05, 1);

        public Weights {
            requireAtLeast("about", about, 1);
            requireAtLeast("delay", delay, 0);
        }

        private static void requireAtLeast(String name, double value, double least) {
            if (!(value >= least) || Double.isInfinite(value)) {
                throw new IllegalArgumentException(name + " is " + value + ", must be finite and at least " + least);
            }
        }
    }

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
        return PowerOfTwo.pick(features, near(features, ready));
    }

    /** Those of {@code ready}, at least one, that have reported of late and are about as good as the best. */
    private int[] near(RouteFeatures features, int[] ready) {
        PrefillCost typical = typical(features);
        double[] prices = new double[ready.length];
        double least = Double.MAX_VALUE;
        for (int i = 0; i < ready.length; i++) {
            boolean fresh = features.candidates().get(ready[i]).fresh();
            prices[i] = fresh ? price(features, ready[i], typical) : Double.NaN;
            least = fresh ? Math.min(least, prices[i]) : least;
        }
        int[] near = new int[ready.length];
        int count = 0;
        for (int i = 0; i < ready.length; i++) {
            if (prices[i] <= least * weights.about()) {
                near[count++] = ready[i];
            }
        }
        return Arrays.copyOf(near, count);
    }

    /**
     * Where all engines are busy, only one that is as good as the full one: else their queues would fill with whatever was refused elsewhere, which
     * they do not hold, and a cluster that is asked too much would lose what holding prompts gives it.
     */
    @Override
    public boolean isWorthInstead(RouteFeatures features, int full, int other) {
        CandidateFeatures refused = features.candidates().get(full);
        CandidateFeatures instead = features.candidates().get(other);
        boolean known = features.promptTokens() > 0 && refused.fresh() && instead.fresh();
        if (!known || FEWER * instead.busy() <= refused.busy()) {
            return true;
        }
        PrefillCost typical = typical(features);
        return price(features, other, typical) <= price(features, full, typical);
    }

    /** Nanoseconds until the first token is expected; what others wait longer for it is not among them. */
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

    /** What the choice goes by: the time, and what it costs those who are there. */
    private double price(RouteFeatures features, int candidate, PrefillCost typical) {
        CandidateFeatures seen = features.candidates().get(candidate);
        double delay = weights.delay() * seen.busy() * own(features, seen, typical) * seen.slowness();
        return nanos(features, candidate, typical) + delay;
    }

    private static double own(RouteFeatures features, CandidateFeatures seen, PrefillCost typical) {
        PrefillCost cost = seen.cost().isMeasured() ? seen.cost() : typical;
        return FirstTokenEstimate.promptNanos(cost, features.promptTokens(), seen.cachedTokens());
    }

    private static double nanos(RouteFeatures features, int candidate, PrefillCost typical) {
        CandidateFeatures seen = features.candidates().get(candidate);
        boolean measured = seen.cost().isMeasured();
        double ahead = measured
                ? seen.aheadNanos()
                : FirstTokenEstimate.nanos(typical, seen.queuedTokens() + seen.sentTokens(), 0)
                        + seen.busy() * typical.nanosPerStep();
        return (ahead + own(features, seen, typical)) * seen.slowness();
    }

    /** One that has not measured anything yet is taken for the average of those that have. */
    private static PrefillCost typical(RouteFeatures features) {
        double perToken = 0;
        double perPair = 0;
        double perStep = 0;
        long room = 0;
        int n = 0;
        for (CandidateFeatures candidate : features.candidates()) {
            PrefillCost cost = candidate.cost();
            if (cost.isMeasured()) {
                perToken += cost.nanosPerToken();
                perPair += cost.nanosPerPair();
                perStep += cost.nanosPerStep();
                room += cost.tokensPerStep();
                n++;
            }
        }
        return n == 0 ? NOMINAL : new PrefillCost(perToken / n, perPair / n, perStep / n, (int) (room / n));
    }
}
