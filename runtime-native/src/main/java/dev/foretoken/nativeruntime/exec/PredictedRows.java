package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Of a step of the auxiliary, the rows that predict, as a step of the base: with the base's tables. */
final class PredictedRows implements AutoCloseable {

    private final int ownKinds;
    private final int baseKinds;
    private final StepPlan plan;
    private final StepBatch step;
    private final int[] origins;
    private boolean everyRow;

    /** {@code ownKinds}: of caches, that the auxiliary has. */
    PredictedRows(int ownKinds, CacheLayout base, StepLimits limits, int vocabulary, Arena arena) {
        this.ownKinds = ownKinds;
        this.baseKinds = base.spec().kinds().size();
        long blocks = Math.ceilDiv(limits.contextTokens(), base.spec().blockTokens());
        long entries = limits.rows() * baseKinds * blocks;
        this.plan = new StepPlan(
                new StepCapacity(limits.rows(), limits.tokens(), (int) Math.min(entries, 1 << 28), baseKinds));
        this.step = new StepBatch(limits, vocabulary, base, null, arena);
        this.origins = new int[limits.rows()];
    }

    /** Takes over a plan, which was checked to be one of the auxiliary. */
    void load(StepPlan next) {
        plan.clear();
        for (int row = 0; row < next.rows(); row++) {
            if (next.get(Column.KIND, row) == RowKind.PREDICT.ordinal()) {
                add(next, row);
            }
        }
        everyRow = plan.rows() == next.rows();
        if (any()) {
            step.load(plan);
        }
    }

    private void add(StepPlan next, int row) {
        int first = next.get(Column.FIRST_POSITION, row);
        int count = next.get(Column.TOKEN_COUNT, row);
        int last = next.sequence(row).promptTokens() - 1;
        if (first + count > last) {
            throw failed("a row predicts up to position %d, but the base computes position %d and those behind it"
                    .formatted(first + count - 1, last));
        }
        if (next.capacity().kinds() < ownKinds + baseKinds) {
            throw failed("rows have tables of %d cache kinds, prediction asks for %d"
                    .formatted(next.capacity().kinds(), ownKinds + baseKinds));
        }
        int added = plan.addRow(next.sequence(row), 0, RowKind.COMPUTE, first, 0);
        origins[added] = next.get(Column.TOKEN_OFFSET, row);
        plan.addTokens(next, row);
        for (int kind = 0; kind < baseKinds; kind++) {
            plan.beginTable(kind);
            for (int entry = 0; entry < next.tableLength(row, ownKinds + kind); entry++) {
                plan.addUnit(kind, next.unit(row, ownKinds + kind, entry));
            }
        }
    }

    boolean any() {
        return plan.rows() > 0;
    }

    /** As a step of the base; only where there is {@link #any}. */
    StepBatch step() {
        return step;
    }

    /**
     * The vectors of predicted tokens alone.
     *
     * @param vectors fp32 [tokens of the auxiliary's step, width]
     * @param scratch as much room; used where some rows do not predict
     */
    MemorySegment of(MemorySegment vectors, int width, MemorySegment scratch) {
        if (everyRow) {
            return vectors;
        }
        long bytes = (long) width * Float.BYTES;
        for (int row = 0; row < plan.rows(); row++) {
            long to = plan.get(Column.TOKEN_OFFSET, row) * bytes;
            MemorySegment.copy(vectors, origins[row] * bytes, scratch, to, plan.get(Column.TOKEN_COUNT, row) * bytes);
        }
        return scratch;
    }

    private static ForetokenException failed(String what) {
        return new ForetokenException(ErrorCode.RUNTIME_FAILED, "The step cannot be computed: " + what);
    }

    @Override
    public void close() {
        plan.close();
    }
}
