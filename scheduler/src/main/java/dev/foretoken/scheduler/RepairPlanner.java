package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.prefill.RepairBudget;
import org.jspecify.annotations.Nullable;

/**
 * Gives repairs what nobody else needs: a row beside generated ones while nobody waits and no prompt is computed, of one sequence at a time,
 * the most urgent and oldest, so that the first is done soonest; and memory that is free.
 */
final class RepairPlanner {

    /** Fewer tokens at a time would not catch up with a sequence that generates. */
    private static final int LEAST_TOKENS = 2;

    private final SchedulerState state;
    private final StepShape shape;
    private final MemoryGuard memory;
    private final Repairs repairs;
    private final RepairBudget budget;
    private final boolean offered;
    private @Nullable Sequence chosen;
    private int count;
    /** Tokens that the slack gave last: what is missing of a shadow when one ordinary row catches up. */
    private int pace = LEAST_TOKENS;

    RepairPlanner(
            SchedulerState state,
            StepShape shape,
            MemoryGuard memory,
            Repairs repairs,
            RepairBudget budget,
            Capabilities capabilities) {
        this.state = state;
        this.shape = shape;
        this.memory = memory;
        this.repairs = repairs;
        this.budget = budget;
        this.offered = state.limits.mixed() && capabilities.has(Feature.ROLLBACK);
    }

    /** Lets exact K and V take over where they are ready or due; to be called before a step is planned. */
    void settle() {
        for (int i = 0; state.predictions > 0 && i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            Prediction prediction = sequence.prediction;
            if (prediction != null && !prediction.isRepaired() && sequence.generated() > 0) {
                settle(sequence, prediction);
            }
        }
    }

    private void settle(Sequence sequence, Prediction prediction) {
        boolean due = prediction.isDue(sequence.generated());
        if (!due && !prediction.settling && !hasCaughtUp(sequence, prediction)) {
            return;
        }
        prediction.settling = true;
        if (sequence.rowsInFlight == 0) {
            repairs.swap(sequence, prediction);
        }
    }

    private boolean hasCaughtUp(Sequence sequence, Prediction prediction) {
        Shadow shadow = prediction.shadow;
        return shadow != null
                && !shadow.spoilt
                && prediction.repair instanceof Repair.Slack
                && missing(sequence, shadow) <= pace;
    }

    private static int missing(Sequence sequence, Shadow shadow) {
        return sequence.length() + sequence.pendingDraws - shadow.scheduled;
    }

    /** To be called when every row has its tokens. */
    void give() {
        chosen = null;
        if (state.predictions == 0 || !offered || !isSlack()) {
            return;
        }
        for (int i = 0; i < state.running.size() && chosen == null; i++) {
            Sequence sequence = state.running.get(i);
            Prediction prediction = sequence.prediction;
            if (prediction != null && mayRepair(sequence, prediction)) {
                give(sequence, prediction);
            }
        }
    }

    private boolean isSlack() {
        boolean fits = shape.rows() > 0
                && shape.rows() == shape.generatedRows()
                && shape.rows() < state.limits.rows()
                && shape.tokensLeft() >= LEAST_TOKENS;
        if (!fits || state.settleFirst || state.waiting.size() > 0) {
            return false;
        }
        for (int i = 0; i < state.running.size(); i++) {
            if (!state.running.get(i).isDecoding()) {
                return false;
            }
        }
        return true;
    }

    private static boolean mayRepair(Sequence sequence, Prediction prediction) {
        boolean wanted = switch (prediction.repair) {
            case Repair.Slack r -> true;
            case Repair.Never r -> false;
            case Repair.After after -> after.tokens() < sequence.maxLength - sequence.promptTokens();
        };
        boolean possible = !prediction.isRepaired() && !prediction.settling && sequence.generated() > 0;
        Shadow shadow = prediction.shadow;
        return wanted && possible && (shadow == null || !shadow.spoilt);
    }

    private void give(Sequence sequence, Prediction prediction) {
        Shadow shadow = prediction.shadow;
        int room = Math.min(shape.tokensLeft(), budget(shadow == null ? 0 : shadow.scheduled));
        if (room < LEAST_TOKENS) {
            return;
        }
        pace = room;
        int known = shadow == null ? 0 : shadow.scheduled;
        if (!isWorth(sequence, prediction, known) || (shadow == null && !memory.fitsTwice(sequence))) {
            return;
        }
        Shadow grown = shadow == null ? repairs.open(sequence) : shadow;
        prediction.shadow = grown;
        int end = Math.min(grown.scheduled + room, sequence.length() - 1);
        if (end > grown.scheduled && grown.caches.cover(CachePools.BASE, grown.scheduled, end, state.commands)) {
            chosen = sequence;
            count = end - grown.scheduled;
            shape.addRepair(count);
        }
    }

    /** A repair that an answer outruns, or that only waits for its time, is not gone on with. */
    private boolean isWorth(Sequence sequence, Prediction prediction, int known) {
        int missing = sequence.length() - known;
        return switch (prediction.repair) {
            case Repair.Slack r -> (long) (sequence.maxLength - sequence.length()) * (pace - 1) > missing;
            case Repair.Never r -> false;
            case Repair.After r -> missing > pace;
        };
    }

    private int budget(int from) {
        long context = 0;
        for (int i = 0; i < state.running.size(); i++) {
            context += state.running.get(i).planned > 0 ? state.running.get(i).scheduled + 1 : 0;
        }
        return budget.tokens(shape.generatedRows(), context, from);
    }

    void write(PlannedStep step, PlanWriter writer) {
        Sequence sequence = chosen;
        Prediction prediction = sequence == null ? null : sequence.prediction;
        Shadow shadow = prediction == null ? null : prediction.shadow;
        if (sequence == null || shadow == null) {
            return;
        }
        StepPlan plan = step.plan();
        int start = shadow.scheduled;
        plan.addRow(sequence, CachePools.BASE, RowKind.REPAIR, start, 0);
        for (int position = start; position < start + count; position++) {
            plan.addToken(sequence.tokenAt(position));
        }
        writer.writeTables(plan, CachePools.BASE, shadow.caches, start + count);
        shadow.scheduled = start + count;
        shadow.rowsInFlight++;
        sequence.rowsInFlight++;
        chosen = null;
    }
}
