package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.scheduler.draft.PartDraft;
import dev.foretoken.scheduler.draft.SequenceDraft;

/**
 * Plans the steps of the draft part: one before each step of the base while few sequences run, in which every sequence that stands before its
 * next draw gets its proposals. What the part has not seen of a sequence (its prompt, after a prefix hit or a preemption too) is computed in
 * the same rows, as many tokens at a time as a prompt may have beside generated ones. Takes memory from nobody.
 */
final class DraftStepPlanner {

    private final SchedulerState state;
    private final DraftPlanner drafts;
    private final PlanWriter writer;
    private final SpeculationConfig config;
    private final Sequence[] chosen;
    private final int[] spans;
    private final int[] proposals;
    private int rows;
    private int tokensLeft;
    private boolean basesTurn;

    DraftStepPlanner(SchedulerState state, DraftPlanner drafts, PlanWriter writer, SpeculationConfig config) {
        this.state = state;
        this.drafts = drafts;
        this.writer = writer;
        this.config = config;
        int most = Math.min(config.maxRows(), state.limits.sequences());
        this.chosen = new Sequence[most];
        this.spans = new int[most];
        this.proposals = new int[most];
    }

    /** Whether the next step is the draft part's. */
    boolean plan() {
        rows = 0;
        if (!drafts.asksPart() || basesTurn || state.running.size() > config.maxRows()) {
            basesTurn = false;
            return false;
        }
        tokensLeft = Math.min(state.limits.tokens(), state.limits.promptBesideDecode());
        for (int i = 0; i < state.running.size() && rows < chosen.length; i++) {
            if (canPropose(state.running.get(i))) {
                giveRow(state.running.get(i));
            }
        }
        basesTurn = rows > 0;
        return basesTurn;
    }

    private static boolean canPropose(Sequence sequence) {
        return sequence.isDecoding()
                && sequence.pendingDraws == 0
                && sequence.rowsInFlight == 0
                && sequence.embeddings().isEmpty()
                && sequence.tokenMask() == null
                && sequence.draftRoom() > 0;
    }

    private void giveRow(Sequence sequence) {
        SequenceDraft draft = drafts.draft(sequence);
        PartDraft part = sequence.partDraft(config.maxDraftTokens());
        int wanted = draft.wanted(Math.min(sequence.draftRoom(), config.maxDraftTokens()));
        if (wanted == 0 || part.isFresh()) {
            return;
        }
        int start = part.computed();
        int missing = sequence.length() - start;
        int draws = Math.max(0, Math.min(wanted, tokensLeft - missing));
        int span = draws > 0 ? missing : Math.min(missing - 1, tokensLeft);
        int end = start + span + Math.max(0, draws - 1);
        if (span > 0 && sequence.caches.cover(state.pools.draftPart(), start, end, state.commands)) {
            chosen[rows] = sequence;
            spans[rows] = span;
            proposals[rows++] = draws;
            tokensLeft -= span + draws;
        }
    }

    void write(PlannedStep step) {
        for (int i = 0; i < rows; i++) {
            writeRow(step.plan(), chosen[i], spans[i], proposals[i]);
        }
    }

    private void writeRow(StepPlan plan, Sequence sequence, int span, int draws) {
        int part = state.pools.draftPart();
        int start = sequence.partDraft(config.maxDraftTokens()).computed();
        int row = plan.addRow(sequence, part, RowKind.DRAFT, start, 0);
        for (int position = start; position < start + span; position++) {
            plan.addToken(sequence.tokenAt(position));
        }
        writer.writeTables(plan, part, sequence.caches, start + span + Math.max(0, draws - 1));
        plan.set(Column.PROPOSALS, row, draws);
        sequence.rowsInFlight++;
        sequence.drafting = true;
    }

    static boolean drafts(StepPlan plan, int row) {
        return plan.get(Column.KIND, row) == RowKind.DRAFT.ordinal();
    }

    void commit(Sequence sequence, StepPlan plan, StepResult result, int row) {
        PartDraft part = sequence.partDraft(config.maxDraftTokens());
        sequence.drafting = false;
        part.filled(plan.get(Column.FIRST_POSITION, row) + plan.get(Column.TOKEN_COUNT, row));
        for (int i = 0; i < result.tokenCount(row); i++) {
            part.drew(result.token(row, i));
        }
        sequence.caches.releaseBehindWindows(state.pools.draftPart(), part.computed());
    }

    /** The draft did not happen and its caches are undefined: the answer goes on without. */
    void fail(Sequence sequence) {
        sequence.drafting = false;
        sequence.caches.release(state.pools.draftPart());
        sequence.partDraft(config.maxDraftTokens()).restart();
    }
}
