package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.ModelShape;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Chooses by what the engine's own steps took, so that most requests have their first token by the time their callers hope for. A prompt is
 * computed where that comes in time and delays nobody, or where predicting it would not be clearly faster. It is predicted where only that
 * comes in time; and under pressure, where it takes less of the machine, also of those that would be in time or are late anyway.
 */
public final class MeasuredPrefill implements PrefillChooser, RepairBudget {

    /** Predicted must take at most this share of the time: estimates are not exact, and computed answers are better ones. */
    private static final double CLEARLY = 0.85;
    /** Computed must come within this share of the time hoped for: requests that come later delay it. */
    private static final double SAFELY = 0.75;
    /** A step that repairs aims below twice its time without: estimates are not exact. */
    private static final double REPAIR_SHARE = 0.85;
    /** About what a step that reads all weights for one token can compute beside it in the same time on a few cores. */
    private static final int UNMEASURED_REPAIR = 8;

    private final StepCosts costs;
    private final FirstTokenTime times;
    private final Consumer<PrefillChoice> told;

    private MeasuredPrefill(StepCosts costs, FirstTokenTime times, Consumer<PrefillChoice> told) {
        this.costs = costs;
        this.times = times;
        this.told = told;
    }

    /**
     * @param stepTokens most tokens of a step
     * @param besideDecode most prompt tokens of one that generates
     * @param told every choice, on the scheduler's thread
     */
    public static PrefillPolicy policy(
            ModelShape shape, int stepTokens, int besideDecode, Consumer<PrefillChoice> told) {
        StepCosts costs = new StepCosts(shape);
        MeasuredPrefill measured =
                new MeasuredPrefill(costs, new FirstTokenTime(costs, stepTokens, besideDecode), told);
        return new PrefillPolicy(measured, measured, costs);
    }

    @Override
    public PrefillMode choose(WaitingPrompt prompt, PrefillLoad load) {
        PrefillChoice choice = explain(prompt, load);
        told.accept(choice);
        return choice.mode();
    }

    private PrefillChoice explain(WaitingPrompt prompt, PrefillLoad load) {
        if (prompt.ttftObjective().isEmpty()) {
            return new PrefillChoice(PrefillChoice.Reason.NO_OBJECTIVE, 0, 0);
        }
        if (!costs.isKnown()) {
            return new PrefillChoice(PrefillChoice.Reason.UNMEASURED, 0, 0);
        }
        double computed = times.computed(prompt, load);
        double predicted = times.predicted(prompt, load);
        double left = prompt.ttftObjective().map(Duration::toNanos).orElse(0L) - (double) prompt.waitedNanos();
        return new PrefillChoice(
                reason(prompt, load, computed, predicted, left),
                prompt.waitedNanos() + computed,
                prompt.waitedNanos() + predicted);
    }

    private PrefillChoice.Reason reason(
            WaitingPrompt prompt, PrefillLoad load, double computed, double predicted, double left) {
        boolean cheaper = times.saved(prompt) > 0;
        if (predicted > left && computed > left) {
            return cheaper ? PrefillChoice.Reason.LATE_CHEAPER : PrefillChoice.Reason.LATE_NOT_CHEAPER;
        }
        if (predicted > CLEARLY * computed) {
            return PrefillChoice.Reason.NOT_FASTER;
        }
        if (computed > SAFELY * left) {
            return PrefillChoice.Reason.ONLY_IN_TIME;
        }
        boolean others = load.waiting() > 0 || load.exactTokens() + load.auxiliaryTokens() > 0;
        return others && cheaper ? PrefillChoice.Reason.OTHERS_WAIT : PrefillChoice.Reason.IN_TIME;
    }

    @Override
    public int tokens(int generating, long generatingContext, int from) {
        if (!costs.isKnown()) {
            return UNMEASURED_REPAIR;
        }
        int rows = Math.max(1, generating);
        double step = costs.baseNanos(rows, rows, Math.max(from, generatingContext));
        return costs.tokensWithin(REPAIR_SHARE * step, from);
    }
}
