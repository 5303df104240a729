package dev.foretoken.scheduler.prefill;

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
    /**
     * A step that repairs takes at most so many times what one takes for a single answer: less than twice, because estimates are not exact, and
     * not more with more answers, because then time is no longer what reading the weights leaves over.
     */
    private static final double REPAIR_STEP = 1.85;
    /** What computing a prompt may delay others, as a share of the time hoped for. */
    private static final double HARMLESS = 0.1;

    private final StepCosts costs;
    private final FirstTokenTime times;
    private final Consumer<PrefillChoice> told;

    MeasuredPrefill(StepCosts costs, int stepTokens, int besideDecode, Consumer<PrefillChoice> told) {
        this.costs = costs;
        this.times = new FirstTokenTime(costs, stepTokens, besideDecode);
        this.told = told;
    }

    /**
     * @param stepTokens most tokens of a step
     * @param besideDecode most prompt tokens of one that generates
     * @param told the choice of every prompt that is admitted, on the scheduler's thread
     */
    public static PrefillPolicy policy(
            ModelShape shape, int stepTokens, int besideDecode, Consumer<PrefillChoice> told) {
        StepCosts costs = new StepCosts(shape);
        MeasuredPrefill measured = new MeasuredPrefill(costs, stepTokens, besideDecode, told);
        PromptCosts prices = new MeasuredCosts(costs, stepTokens, besideDecode);
        return new PrefillPolicy(measured, measured, costs::auxiliaryTokens, costs, prices);
    }

    /** Of a variant that cannot predict: nothing is decided by what steps take, but it is told. */
    public static PrefillPolicy observing(ModelShape shape, int stepTokens, int besideDecode) {
        StepCosts costs = new StepCosts(shape);
        return PrefillPolicy.UNMEASURED.telling(costs, new MeasuredCosts(costs, stepTokens, besideDecode));
    }

    @Override
    public void chosen(PrefillChoice choice) {
        told.accept(choice);
    }

    @Override
    public PrefillChoice choose(WaitingPrompt prompt, PrefillLoad load) {
        if (prompt.ttftObjective().isEmpty()) {
            return PrefillChoice.unestimated(PrefillChoice.Reason.NO_OBJECTIVE);
        }
        if (!costs.isKnown()) {
            return PrefillChoice.unestimated(PrefillChoice.Reason.UNMEASURED);
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
        if (harmsOthers(prompt, load) && predicted <= SAFELY * left) {
            return PrefillChoice.Reason.OTHERS_WAIT;
        }
        if (predicted > CLEARLY * computed) {
            return PrefillChoice.Reason.NOT_FASTER;
        }
        return computed > SAFELY * left ? PrefillChoice.Reason.ONLY_IN_TIME : PrefillChoice.Reason.IN_TIME;
    }

    private boolean harmsOthers(WaitingPrompt prompt, PrefillLoad load) {
        boolean beside = load.exactTokens() + load.auxiliaryTokens() > 0;
        double hoped = prompt.ttftObjective().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        return times.saved(prompt) * (load.waiting() + (beside ? 1 : 0)) > HARMLESS * hoped;
    }

    @Override
    public int tokens(int generating, long generatingContext, int from) {
        if (!costs.isKnown()) {
            return UNMEASURED_TOKENS;
        }
        double alone = costs.baseNanos(1, 1, from);
        double step = costs.baseNanos(generating, generating, generatingContext);
        double room = REPAIR_STEP * alone - step;
        return room <= 0 ? 0 : costs.tokensWithin(room, from);
    }
}
