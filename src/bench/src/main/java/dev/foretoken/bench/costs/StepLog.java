package dev.foretoken.bench.costs;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.scheduler.prefill.StepCosts;
import dev.foretoken.scheduler.prefill.StepTimes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What steps of the model computed and took, from when they count. The engine's loop tells of them, any thread asks. */
final class StepLog implements StepTimes {

    private record Step(StepKind kind, int tokens, int draws, double attended, long nanos) {

        /** How far the price is from what it took, as a share of that. */
        double error(StepPrice price) {
            return Math.abs(price.nanos(tokens, draws, attended) - nanos) / nanos;
        }
    }

    private final StepCosts costs = new StepCosts();
    private final List<Step> steps = new ArrayList<>();
    private boolean counts;

    /** What was before is warm-up. */
    synchronized void count() {
        counts = true;
    }

    @Override
    public synchronized void observe(StepPlan plan, long nanos) {
        boolean ofModel = plan.rows() > 0 && plan.get(Column.PART, 0) == 0;
        if (counts && ofModel && nanos > 0) {
            costs.observe(plan, nanos);
            steps.add(new Step(
                    StepKind.of(plan), plan.tokenCount(), StepCosts.draws(plan), StepCosts.attended(plan), nanos));
        }
    }

    /** Whether steps of clearly different sizes count. */
    synchronized boolean isSpread() {
        return costs.isKnown();
    }

    synchronized StepPrice price() {
        return StepPrice.of(costs);
    }

    /** How far steps of each kind were from what {@code price} says. */
    synchronized List<CostsReport.Fit> fits(StepPrice price) {
        return Arrays.stream(StepKind.values()).map(kind -> fit(kind, price)).toList();
    }

    private CostsReport.Fit fit(StepKind kind, StepPrice price) {
        double[] errors = steps.stream()
                .filter(step -> step.kind() == kind)
                .mapToDouble(step -> step.error(price))
                .sorted()
                .toArray();
        return new CostsReport.Fit(kind.label(), errors.length, quantile(errors, 0.5), quantile(errors, 0.9));
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
