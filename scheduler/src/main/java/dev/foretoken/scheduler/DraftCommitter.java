package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.draft.SequenceDraft;

/**
 * Settles rows that verified. A proposal is accepted iff it is the token drawn at its position, so what is drawn behind it is what would have
 * been drawn without proposals, to the last bit; the first draw that differs is kept, everything behind it is as if never computed.
 */
final class DraftCommitter {

    private final SchedulerState state;
    private final StateCheckpoints checkpoints;

    DraftCommitter(SchedulerState state, StateCheckpoints checkpoints) {
        this.state = state;
        this.checkpoints = checkpoints;
    }

    static boolean verifies(StepPlan plan, int row) {
        return plan.get(Column.KIND, row) == RowKind.VERIFY.ordinal();
    }

    /** Compares proposals and draws; returns how many draws hold: those behind the accepted proposals, and one. */
    int settle(Sequence sequence, StepPlan plan, StepResult result, int row) {
        int proposed = plan.get(Column.TOKEN_COUNT, row) - 1;
        int accepted = 0;
        while (accepted < proposed && plan.token(row, accepted + 1) == result.token(row, accepted)) {
            accepted++;
        }
        SequenceDraft draft = sequence.draft;
        if (draft != null) {
            draft.verified(proposed, accepted);
        }
        sequence.drafted = 0;
        state.observer.drafted(proposed, accepted);
        return 1 + accepted;
    }

    /** The draws that hold are appended: takes the caches back to them. */
    void rollBack(Sequence sequence, StepPlan plan, int row) {
        int start = plan.get(Column.FIRST_POSITION, row);
        boolean rejected = sequence.computed < start + plan.get(Column.TOKEN_COUNT, row);
        if (rejected && checkpoints.needed()) {
            checkpoints.rollBack(sequence);
            sequence.computed = start;
        }
        sequence.scheduled = sequence.computed;
        sequence.caches.truncate(CachePools.BASE, sequence.computed + 1);
    }

    /** The row has come back, whatever became of it. */
    void close(Sequence sequence, StepPlan plan, int row) {
        if (verifies(plan, row)) {
            checkpoints.endRollback(sequence);
        }
    }
}
