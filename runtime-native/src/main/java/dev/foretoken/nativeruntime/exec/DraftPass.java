package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;

/**
 * Draws the proposals of a step of the draft part in rounds: the first computes every row's span, each further one feeds the token drawn last
 * of the rows that want more. A draw is the base's own: same sampling, keyed by the same seed, choice and position, so where the networks
 * agree the tokens do, at any temperature. Makes no objects.
 */
final class DraftPass implements AutoCloseable {

    private final ComputedPart part;
    private final int partIndex;
    private final int kinds;
    private final StepPlan round;
    private final StepResult drawn;
    private final DraftedSequence[] sequences;
    /** Row of the step behind each row of the round. */
    private final int[] origins;

    DraftPass(ComputedPart part, int partIndex, int kinds, int blockTokens, StepLimits limits) {
        this.part = part;
        this.partIndex = partIndex;
        this.kinds = kinds;
        long entries = (long) limits.rows() * kinds * Math.ceilDiv(limits.contextTokens(), blockTokens);
        this.round =
                new StepPlan(new StepCapacity(limits.rows(), limits.tokens(), (int) Math.min(entries, 1 << 28), kinds));
        this.drawn = new StepResult(limits.rows(), limits.rows());
        this.origins = new int[limits.rows()];
        this.sequences = new DraftedSequence[limits.rows()];
        for (int row = 0; row < sequences.length; row++) {
            sequences[row] = new DraftedSequence();
        }
    }

    void run(StepPlan plan, StepResult result) {
        require(plan.rows() <= sequences.length, "rows", plan.rows(), "no more than were offered");
        require(
                plan.tokenCount() <= round.capacity().tokens(),
                "tokens",
                plan.tokenCount(),
                "no more than were offered");
        round.clear();
        for (int row = 0; row < plan.rows(); row++) {
            check(plan, row);
            sequences[row].start(plan.sequence(row));
            addSpan(plan, row);
        }
        while (round.rows() > 0) {
            compute();
            nextRound(plan);
        }
        for (int row = 0; row < plan.rows(); row++) {
            for (int i = 0; i < sequences[row].proposals(); i++) {
                result.addToken(row, sequences[row].proposal(i), null);
            }
        }
    }

    private void check(StepPlan plan, int row) {
        require(plan.get(Column.PART, row) == partIndex, "part", plan.get(Column.PART, row), "as in row 0");
        int kind = plan.get(Column.KIND, row);
        require(kind == RowKind.DRAFT.ordinal(), "kind", kind, "DRAFT in the draft part");
        int proposals = plan.get(Column.PROPOSALS, row);
        require(proposals >= 0 && proposals <= DraftedSequence.MOST, "proposals", proposals, "at most 64");
        int end = plan.get(Column.FIRST_POSITION, row) + plan.get(Column.TOKEN_COUNT, row);
        require(
                proposals == 0 || end == plan.sequence(row).length(),
                "proposals behind position",
                end,
                "at the end of the known tokens");
    }

    private void addSpan(StepPlan plan, int row) {
        boolean draws = plan.get(Column.PROPOSALS, row) > 0;
        addRow(plan, row, plan.get(Column.FIRST_POSITION, row), draws);
        for (int i = 0; i < plan.get(Column.TOKEN_COUNT, row); i++) {
            round.addToken(plan.token(row, i));
        }
        addTables(plan, row);
    }

    private void addRow(StepPlan plan, int row, int position, boolean draws) {
        int wants = draws ? StepPlan.WANT_SAMPLE : 0;
        int added = round.addRow(sequences[row], 0, RowKind.COMPUTE, position, wants);
        round.set(Column.ADAPTER, added, plan.get(Column.ADAPTER, row));
        origins[added] = row;
    }

    private void addTables(StepPlan plan, int row) {
        for (int kind = 0; kind < kinds; kind++) {
            round.beginTable(kind);
            for (int entry = 0; entry < plan.tableLength(row, kind); entry++) {
                round.addUnit(kind, plan.unit(row, kind, entry));
            }
        }
    }

    private void compute() {
        drawn.clear(round.rows());
        part.run(round, drawn);
        for (int row = 0; row < round.rows(); row++) {
            if (drawn.tokenCount(row) > 0) {
                sequences[origins[row]].add(drawn.token(row, 0));
            }
        }
    }

    /** Feeds what was drawn last. */
    private void nextRound(StepPlan plan) {
        round.clear();
        for (int row = 0; row < plan.rows(); row++) {
            DraftedSequence sequence = sequences[row];
            if (sequence.proposals() < plan.get(Column.PROPOSALS, row)) {
                addRow(plan, row, sequence.length() - 1, true);
                round.addToken(sequence.proposal(sequence.proposals() - 1));
                addTables(plan, row);
            }
        }
    }

    private static void require(boolean holds, String what, int found, String expected) {
        if (!holds) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "The step cannot be computed: " + what + "=" + found + ", must be " + expected);
        }
    }

    @Override
    public void close() {
        round.close();
    }
}
