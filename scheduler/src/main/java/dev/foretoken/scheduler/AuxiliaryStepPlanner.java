package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.prefill.AuxiliaryPace;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plans the steps of the auxiliary part, which take turns with those of the base, so that answers go on. Prompts share such a step as they
 * share one of the base: the oldest takes at most half while others wait, the next half of the rest, and what nobody could use goes to the
 * oldest. Those whose first token can come in time go before, the shortest first, and leave the others of their class a share; a lower class
 * gets what is left. The part's blocks last for the prompts at its head; these take them from those behind, which start again.
 */
final class AuxiliaryStepPlanner {

    private final SchedulerState state;
    private final MemoryGuard memory;
    private final PlanWriter writer;
    private final AuxiliaryPace pace;
    private final int part;
    private final Sequence[] chosen;
    private final int[] spans;
    private int rows;
    private int tokensLeft;
    private boolean basesTurn;

    AuxiliaryStepPlanner(SchedulerState state, MemoryGuard memory, PlanWriter writer, AuxiliaryPace pace) {
        this.state = state;
        this.memory = memory;
        this.writer = writer;
        this.pace = pace;
        this.part = state.auxiliaryPart;
        this.chosen = new Sequence[state.limits.ragged() ? state.limits.sequences() : 1];
        this.spans = new int[chosen.length];
    }

    /** Whether a row is one of the auxiliary's. */
    boolean owns(StepPlan plan, int row) {
        return part != CachePools.NO_PART && plan.get(Column.PART, row) == part;
    }

    /** Plans a step unless the one before was the auxiliary's, too. */
    boolean planInTurn() {
        if (state.predictions == 0 || basesTurn) {
            basesTurn = false;
            return false;
        }
        return plan();
    }

    /** Whether there is something to do for the auxiliary. */
    boolean plan() {
        Arrays.fill(chosen, 0, rows, null);
        rows = 0;
        if (state.predictions == 0) {
            return false;
        }
        int most = state.limits.tokens();
        tokensLeft = anyAnswers() ? Math.clamp(pace.tokens(state.limits.promptBesideDecode(), most), 1, most) : most;
        giveHopeful();
        for (int i = 0; i < state.running.size() && rows < chosen.length && tokensLeft > 0; i++) {
            Sequence sequence = state.running.get(i);
            if (isFilling(sequence) && !isChosen(sequence)) {
                give(sequence, isContended(sequence, i));
            }
        }
        giveLeftovers();
        basesTurn = rows > 0;
        return basesTurn;
    }

    private void giveHopeful() {
        List<Sequence> hopeful = state.promptness.hopeful(state.running);
        if (hopeful.isEmpty()) {
            return;
        }
        Sequence late = state.promptness.firstLate(state.running, AuxiliaryStepPlanner::isFilling);
        int room = tokensLeft;
        for (int i = 0; i < hopeful.size() && rows < chosen.length; i++) {
            Sequence sequence = hopeful.get(i);
            int kept = Promptness.leftTo(late, sequence.priority(), room, state.limits.leastSpan());
            if (kept < tokensLeft && sequence.state == Sequence.State.RUNNING && isFilling(sequence)) {
                tokensLeft -= kept;
                give(sequence, false);
                tokensLeft += kept;
            }
        }
    }

    private boolean isChosen(Sequence sequence) {
        for (int i = 0; i < rows; i++) {
            if (chosen[i] == sequence) {
                return true;
            }
        }
        return false;
    }

    /** Takes back the rows of those who lost their memory to one that was given its row after them. */
    private void dropLosers() {
        int kept = 0;
        for (int i = 0; i < rows; i++) {
            if (chosen[i].state == Sequence.State.RUNNING && chosen[i].caches.holds(part)) {
                chosen[kept] = chosen[i];
                spans[kept++] = spans[i];
            } else {
                tokensLeft += spans[i];
            }
        }
        Arrays.fill(chosen, kept, rows, null);
        rows = kept;
    }

    /** Whether an answer waits for the base's turn. */
    private boolean anyAnswers() {
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            if (sequence.generated() + sequence.pendingDraws > 0 && !isFilling(sequence)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFilling(Sequence sequence) {
        Prediction prediction = sequence.prediction;
        return prediction != null && prediction.isFilling(sequence.scheduled);
    }

    /** Whether others of its class, behind it, want tokens, too. */
    private boolean isContended(Sequence sequence, int index) {
        for (int i = index + 1; i < state.running.size(); i++) {
            if (isFilling(state.running.get(i))) {
                return state.running.get(i).priority() == sequence.priority();
            }
        }
        return false;
    }

    private void give(Sequence sequence, boolean contended) {
        boolean shares = contended && chosen.length > 1;
        int share = shares ? Math.min(tokensLeft, Math.max(state.limits.leastSpan(), tokensLeft / 2)) : tokensLeft;
        int count = span(sequence, share);
        if (cover(sequence, count) && coverBase(sequence, count, true)) {
            chosen[rows] = sequence;
            spans[rows++] = count;
            tokensLeft -= count;
        }
        dropLosers();
    }

    private void giveLeftovers() {
        for (int i = 0; i < rows && tokensLeft > 0; i++) {
            int more = span(chosen[i], spans[i] + tokensLeft);
            int start = mark(chosen[i]);
            boolean covered = chosen[i].caches.cover(part, start, start + more, state.commands)
                    && coverBase(chosen[i], more, false);
            if (more > spans[i] && covered) {
                tokensLeft -= more - spans[i];
                spans[i] = more;
            }
        }
    }

    private static int mark(Sequence sequence) {
        Prediction prediction = sequence.prediction;
        return prediction == null ? 0 : prediction.auxiliary;
    }

    /** Positions that the base has already are computed in rows of their own. */
    private static int span(Sequence sequence, int room) {
        Prediction prediction = sequence.prediction;
        int start = mark(sequence);
        boolean predicts = prediction != null && start == sequence.scheduled;
        int end = predicts ? prediction.end() : sequence.scheduled;
        return Math.min(room, end - start);
    }

    private boolean cover(Sequence sequence, int count) {
        int start = mark(sequence);
        while (!sequence.caches.cover(part, start, start + count, state.commands)) {
            Sequence last = lastHoldingBehind(sequence);
            if (last == null) {
                state.settleFirst |= state.stepsInFlight > 0;
                return false;
            }
            startAgain(last);
        }
        return true;
    }

    private @Nullable Sequence lastHoldingBehind(Sequence sequence) {
        for (int i = state.running.size() - 1; i >= 0; i--) {
            Sequence candidate = state.running.get(i);
            if (candidate == sequence) {
                return null;
            }
            if (candidate.rowsInFlight == 0 && candidate.caches.holds(part)) {
                return candidate;
            }
        }
        return null;
    }

    private void startAgain(Sequence sequence) {
        sequence.caches.release(part);
        if (sequence.prediction != null) {
            sequence.prediction.auxiliary = 0;
        }
    }

    private boolean coverBase(Sequence sequence, int count, boolean takes) {
        if (mark(sequence) < sequence.scheduled) {
            return true;
        }
        return takes ? memory.cover(sequence, count) : memory.extend(sequence, count);
    }

    void write(PlannedStep step) {
        for (int i = 0; i < rows; i++) {
            writer.start(chosen[i], state.now);
            write(step.plan(), chosen[i], spans[i]);
        }
    }

    private void write(StepPlan plan, Sequence sequence, int count) {
        int start = mark(sequence);
        boolean predicts = start == sequence.scheduled;
        plan.addRow(sequence, part, predicts ? RowKind.PREDICT : RowKind.COMPUTE, start, 0);
        for (int position = start; position < start + count; position++) {
            plan.addToken(sequence.tokenAt(position));
        }
        writer.writeTables(plan, part, sequence.caches, start + count);
        if (predicts) {
            writer.writeTables(plan, CachePools.BASE, state.pools.kinds(part), sequence.caches, start + count);
            sequence.scheduled = start + count;
        }
        if (sequence.prediction != null) {
            sequence.prediction.auxiliary = start + count;
        }
        sequence.rowsInFlight++;
    }

    /** A row of a sequence that has not ended came back. */
    void commit(Sequence sequence, StepPlan plan, int row) {
        int count = plan.get(Column.TOKEN_COUNT, row);
        int end = plan.get(Column.FIRST_POSITION, row) + count;
        state.waiting.charge(sequence, count, WaitingQueue.PROMPT_WEIGHT);
        if (plan.get(Column.KIND, row) == RowKind.PREDICT.ordinal()) {
            sequence.computed = end;
            state.observer.promptPredicted(count);
            sequence.caches.releaseBehindWindows(CachePools.BASE, end);
        }
        if (sequence.prediction != null && end == sequence.prediction.end()) {
            sequence.caches.release(part);
        } else {
            sequence.caches.releaseBehindWindows(part, end);
        }
    }
}
