package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Computes a step in rounds of one token per row, in the order of positions, for plans where a token needs what later layers made of the one
 * before it. Rows are computed together as ever.
 */
final class TokenRounds implements AutoCloseable {

    private final StepBatch step;
    private final ForwardPass forward;
    private final MemorySegment hidden;
    private final MemorySegment made;
    private final long vectorBytes;
    private final int kinds;
    private final StepPlan round;
    /** Row of the step behind each row of the round. */
    private final int[] origins;

    /** {@code step}: what {@code forward} is given, one round after the other. */
    TokenRounds(
            StepBatch step,
            ForwardPass forward,
            Workspace work,
            CacheSpec caches,
            StepLimits limits,
            int hiddenSize,
            Arena arena) {
        this.step = step;
        this.forward = forward;
        this.hidden = work.hidden();
        this.vectorBytes = (long) hiddenSize * Float.BYTES;
        this.made = arena.allocate(limits.tokens() * vectorBytes, 64);
        this.kinds = caches.kinds().size();
        long entries = (long) limits.rows() * kinds * Math.ceilDiv(limits.contextTokens(), caches.blockTokens());
        this.round =
                new StepPlan(new StepCapacity(limits.rows(), limits.rows(), (int) Math.min(entries, 1 << 28), kinds));
        this.origins = new int[limits.rows()];
    }

    /** Memory held for hidden vectors. */
    long bytes() {
        return made.byteSize();
    }

    /** Fills {@link Workspace#hidden}; the step has the plan before and after. */
    void run(StepPlan plan) {
        fill(plan, 0);
        for (int index = 1; round.rows() > 0; index++) {
            step.load(round);
            forward.run(step);
            keep(plan, index - 1);
            fill(plan, index);
        }
        MemorySegment.copy(made, 0, hidden, 0, plan.tokenCount() * vectorBytes);
        step.load(plan);
    }

    /** Token {@code index} of every row that has as many. */
    private void fill(StepPlan plan, int index) {
        round.clear();
        for (int row = 0; row < plan.rows(); row++) {
            if (index < plan.get(Column.TOKEN_COUNT, row)) {
                int position = plan.get(Column.FIRST_POSITION, row) + index;
                int added = round.addRow(plan.sequence(row), plan.get(Column.PART, row), RowKind.COMPUTE, position, 0);
                round.set(Column.ADAPTER, added, plan.get(Column.ADAPTER, row));
                round.addToken(plan.token(row, index));
                addTables(plan, row);
                origins[added] = row;
            }
        }
    }

    private void addTables(StepPlan plan, int row) {
        for (int kind = 0; kind < kinds; kind++) {
            round.beginTable(kind);
            for (int entry = 0; entry < plan.tableLength(row, kind); entry++) {
                round.addUnit(kind, plan.unit(row, kind, entry));
            }
        }
    }

    private void keep(StepPlan plan, int index) {
        for (int row = 0; row < round.rows(); row++) {
            long token = (long) plan.get(Column.TOKEN_OFFSET, origins[row]) + index;
            MemorySegment.copy(hidden, row * vectorBytes, made, token * vectorBytes, vectorBytes);
        }
    }

    @Override
    public void close() {
        round.close();
    }
}
