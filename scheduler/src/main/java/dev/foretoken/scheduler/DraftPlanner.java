package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.SequenceDraft;

/**
 * Puts proposals behind the generated positions of a step that is planned otherwise. They get what is left: tokens nobody else was given and
 * memory that is free, so speculation never delays or preempts anybody.
 */
final class DraftPlanner {

    private final SchedulerState state;
    private final StepShape shape;
    private final MemoryGuard memory;
    private final StateCheckpoints checkpoints;
    private final DraftSource source;
    private final SpeculationConfig config;
    private final boolean offered;
    private final boolean part;

    DraftPlanner(
            SchedulerState state,
            StepShape shape,
            MemoryGuard memory,
            StateCheckpoints checkpoints,
            SchedulerSetup setup) {
        this.state = state;
        this.shape = shape;
        this.memory = memory;
        this.checkpoints = checkpoints;
        this.config = setup.config().speculation();
        this.part = state.pools.draftPart() != CachePools.NO_PART;
        this.source = part ? view -> ((Sequence) view).partDraft(config.maxDraftTokens()) : setup.drafts();
        this.offered = config.maxDraftTokens() > 0
                && state.limits.mixed()
                && setup.capabilities().has(Feature.ROLLBACK);
    }

    /** Whether proposals are drawn by a draft part. */
    boolean asksPart() {
        return offered && part;
    }

    /**
     * Whether {@code sequence} should rather know its last token before it goes on: a draft starts at a known one, so it trades the step
     * planned ahead for the tokens it may win.
     */
    boolean waitsForToken(Sequence sequence) {
        return offered
                && sequence.pendingDraws > 0
                && state.running.size() <= config.maxRows()
                && (sequence.draft == null || sequence.draft.isActive());
    }

    /** To be called when every row has its tokens. */
    void giveDrafts() {
        if (!offered || shape.rows() > config.maxRows()) {
            return;
        }
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            if (sequence.planned == 1 && sequence.isDecoding() && sequence.pendingDraws == 0) {
                giveDraft(sequence);
            }
        }
    }

    private void giveDraft(Sequence sequence) {
        int room = Math.min(shape.tokensLeft(), sequence.draftRoom());
        if (room <= 0 || sequence.tokenMask() != null) {
            return;
        }
        int count = draft(sequence).propose(Math.min(room, config.maxDraftTokens()));
        if (count == 0) {
            return;
        }
        if (memory.extend(sequence, 1 + count) && checkpoints.saveForRollback(sequence)) {
            shape.addDraft(sequence, count);
        } else {
            sequence.caches.truncate(CachePools.BASE, sequence.scheduled + 1);
        }
    }

    SequenceDraft draft(Sequence sequence) {
        SequenceDraft draft = sequence.draft;
        if (draft == null) {
            draft = new SequenceDraft(sequence, source, config.maxDraftTokens());
            sequence.draft = draft;
        }
        return draft;
    }
}
