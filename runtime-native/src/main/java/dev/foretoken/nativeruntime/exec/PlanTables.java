package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.nativeruntime.kernels.layout.BlockTables;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The kernels' view of one {@link StepPlan}, kept while the same plan is refilled so that a step makes no objects. */
final class PlanTables {

    private final StepPlan plan;
    private final BlockTables[] tables;
    private final @Nullable RaggedBatch[][] batches;
    private final MemorySegment tokenOffsets;
    private final MemorySegment tokenCounts;
    private final MemorySegment firstPositions;

    PlanTables(StepPlan plan, int kinds) {
        this.plan = plan;
        this.tables = new BlockTables[kinds];
        this.batches = new RaggedBatch[kinds][plan.capacity().rows() + 1];
        this.tokenOffsets = plan.column(StepPlan.Column.TOKEN_OFFSET);
        this.tokenCounts = plan.column(StepPlan.Column.TOKEN_COUNT);
        this.firstPositions = plan.column(StepPlan.Column.FIRST_POSITION);
        for (int kind = 0; kind < kinds; kind++) {
            long start = (long) kind * Integer.BYTES;
            tables[kind] = new BlockTables(
                    plan.tables(),
                    plan.tableOffsets().asSlice(start),
                    plan.tableLengths().asSlice(start),
                    plan.capacity().kinds());
        }
    }

    boolean isOf(StepPlan other) {
        return plan == other;
    }

    /** The first {@code rows} rows with the block tables of a kind. */
    RaggedBatch batch(int kind, int rows) {
        RaggedBatch batch = batches[kind][rows];
        if (batch == null) {
            batch = new RaggedBatch(rows, tokenOffsets, tokenCounts, firstPositions, tables[kind]);
            batches[kind][rows] = batch;
        }
        return batch;
    }
}
