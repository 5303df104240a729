package dev.foretoken.bench.costs;

import dev.foretoken.scheduler.prefill.StepCosts;

/**
 * What a step costs: the sum of these, each as often as it has them.
 *
 * @param stepNanos of a step by itself
 * @param tokenNanos of a token
 * @param drawNanos of a token that is drawn
 * @param pairNanos of a position that a token attends to
 */
public record StepPrice(double stepNanos, double tokenNanos, double drawNanos, double pairNanos) {
    /** Attention to one position costs so little that it is read from many. */
    private static final double MANY = 1 << 20;
    /** A quarter of an hour: no time of a simulation overflows. */
    private static final double MOST = 1e12;

    public StepPrice {
        boolean negative = Math.min(Math.min(stepNanos, tokenNanos), Math.min(drawNanos, pairNanos)) < 0;
        double all = stepNanos + tokenNanos + drawNanos + pairNanos;
        if (negative || !(all > 0) || all > MOST) {
            throw new IllegalArgumentException(
                    "costs of %s, %s, %s and %s ns; expected none below 0, one above, and %s together at most"
                            .formatted(stepNanos, tokenNanos, drawNanos, pairNanos, MOST));
        }
    }

    /** What was found so far. */
    static StepPrice of(StepCosts costs) {
        double step = costs.baseNanos(0, 0, 0);
        return new StepPrice(
                step,
                (costs.baseNanos(MANY, 0, 0) - step) / MANY,
                (costs.baseNanos(0, MANY, 0) - step) / MANY,
                (costs.baseNanos(0, 0, MANY) - step) / MANY);
    }

    double nanos(int tokens, int draws, double attended) {
        return stepNanos + tokens * tokenNanos + draws * drawNanos + attended * pairNanos;
    }
}
