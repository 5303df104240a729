package dev.foretoken.sampling;

import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import org.jspecify.annotations.Nullable;

/**
 * A row's sequence as if the row's proposals had been generated: what a draw behind them is penalised by. Turned from row to row, so that a
 * step makes no objects.
 */
final class ProposedSequence extends ContinuedSequence {

    private @Nullable StepPlan plan;
    private int row;
    private int first;

    /** The sequence of a row: itself, or, when the row verifies, seen through this view, which stays valid until the next call. */
    SequenceView of(StepPlan step, int index) {
        if (step.get(Column.KIND, index) != RowKind.VERIFY.ordinal()) {
            return step.sequence(index);
        }
        plan = step;
        row = index;
        turnTo(step.sequence(index));
        first = step.get(Column.FIRST_POSITION, index);
        return this;
    }

    private StepPlan plan() {
        StepPlan current = plan;
        if (current == null) {
            throw new IllegalStateException("turned to no row yet");
        }
        return current;
    }

    @Override
    public int tokenAt(int position) {
        return position < first ? sequence().tokenAt(position) : plan().token(row, position - first);
    }

    @Override
    public int length() {
        return first + plan().get(Column.TOKEN_COUNT, row);
    }
}
