package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;

/** What a step of the base and one of the auxiliary take, from the steps that were. Steps of other parts are not looked at. */
public final class StepCosts implements StepTimes {

    private static final int NO_PART = -1;
    /** What an auxiliary is taken to cost of the base before it was seen often enough: little enough to be tried. */
    private static final double UNSEEN = 0.5;
    /** First steps pay for pages and compilers. */
    private static final int SEEN = 8;

    private final int auxiliaryPart;
    private final CostFit base = new CostFit();
    private final CostFit auxiliary = new CostFit();

    public StepCosts(ModelShape shape) {
        int found = NO_PART;
        for (int part = 1; part < shape.parts().size(); part++) {
            found = shape.parts().get(part).role() == PartShape.Role.AUXILIARY ? part : found;
        }
        auxiliaryPart = found;
    }

    /** Of a model without an auxiliary. */
    public StepCosts() {
        auxiliaryPart = NO_PART;
    }

    @Override
    public void observe(StepPlan plan, long nanos) {
        int part = plan.rows() == 0 ? NO_PART : plan.get(Column.PART, 0);
        if (part != 0 && part != auxiliaryPart) {
            return;
        }
        add(part != 0, plan.tokenCount(), draws(plan), attended(plan), nanos);
    }

    void add(boolean auxiliaries, int tokens, int draws, double attended, double nanos) {
        (auxiliaries ? auxiliary : base).add(tokens, draws, attended, nanos);
    }

    /** Tokens that are drawn in the step. */
    public static int draws(StepPlan plan) {
        int draws = 0;
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.wants(row, StepPlan.WANT_SAMPLE_EACH)) {
                draws += plan.get(Column.TOKEN_COUNT, row);
            } else if (plan.wants(row, StepPlan.WANT_SAMPLE)) {
                draws++;
            }
        }
        return draws;
    }

    /** Positions that all tokens of the step look at. */
    public static double attended(StepPlan plan) {
        double attended = 0;
        for (int row = 0; row < plan.rows(); row++) {
            attended += attended(plan.get(Column.FIRST_POSITION, row), plan.get(Column.TOKEN_COUNT, row));
        }
        return attended;
    }

    /** Positions that {@code count} tokens from position {@code first} on look at, each its own included. */
    public static double attended(double first, double count) {
        return count * first + count * (count + 1) / 2;
    }

    /** Whether prompts as well as generated tokens were seen: before, no comparison makes sense. */
    public boolean isKnown() {
        return base.isSpread();
    }

    /** Whether enough steps of the auxiliary were seen to trust what they cost. */
    public boolean isAuxiliaryKnown() {
        return auxiliary.steps() >= SEEN;
    }

    /** Nanoseconds of a step of the base that computes {@code tokens}, looks at {@code attended} positions and draws {@code draws} tokens. */
    public double baseNanos(double tokens, double draws, double attended) {
        return base.nanos(tokens, draws, attended);
    }

    /** Nanoseconds of a step of the auxiliary that computes {@code tokens}, what is made of them for the base included. */
    public double auxiliaryNanos(double tokens, double attended) {
        double guess = UNSEEN * base.nanos(tokens, 0, attended);
        if (auxiliary.steps() == 0) {
            return guess;
        }
        double measured = auxiliary.nanos(tokens, 0, attended);
        return isAuxiliaryKnown() ? measured : Math.min(guess, measured);
    }

    /** Nanoseconds by which {@code tokens} more of a prompt make a step of the base longer. */
    double promptNanos(double tokens, double attended) {
        return base.nanos(tokens, 0, attended) - base.nanos(0, 0, 0);
    }

    /** The straight line of a step of the base in which {@code generating} sequences look at {@code context} positions. */
    PrefillCost prefill(int generating, long context, int tokensPerStep) {
        return isKnown()
                ? new PrefillCost(
                        promptNanos(1, 0),
                        promptNanos(0, 1),
                        baseNanos(generating, generating, context),
                        Math.max(1, tokensPerStep))
                : PrefillCost.NONE;
    }

    /** Tokens from position {@code from} on by which a step of the base grows by at most {@code nanos}. */
    int tokensWithin(double nanos, int from) {
        double first = promptNanos(1, from);
        if (first <= 0) {
            return Integer.MAX_VALUE;
        }
        double last = promptNanos(1, from + nanos / first);
        return (int) (nanos / ((first + last) / 2));
    }

    /** Tokens of which a step of the auxiliary takes as long as {@code tokens} prompt tokens make one of the base longer; never fewer. */
    int auxiliaryTokens(int tokens, int most) {
        if (!isKnown() || !isAuxiliaryKnown()) {
            return Math.min(tokens, most);
        }
        double room = promptNanos(tokens, 0) - auxiliaryNanos(0, 0);
        double each = auxiliaryNanos(1, 0) - auxiliaryNanos(0, 0);
        return each <= 0 ? most : (int) Math.clamp(room / each, Math.min(tokens, most), most);
    }
}
