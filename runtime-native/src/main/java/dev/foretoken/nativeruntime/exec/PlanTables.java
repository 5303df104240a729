package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.kernels.layout.BlockTables;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The kernels' view of one {@link StepPlan}, kept while the same plan is refilled so that a step makes no objects. */
final class PlanTables {

    private final StepPlan plan;
    private final BlockTables[] tables;
    private final @Nullable RaggedBatch[][] batches;
    private final @Nullable RaggedBatch[][] batchesBefore;
    private final MemorySegment tokenOffsets;
    private final MemorySegment tokenCounts;
    private final MemorySegment firstPositions;
    private final MemorySegment positionsBefore;
    private final MemorySegment promptTokens;
    private final int stateKind;
    private final @Nullable StateBatch[] states;

    /** {@code positionsBefore}, {@code promptTokens}: int32 [rows], filled anew for every step. */
    PlanTables(StepPlan plan, CacheLayout layout, MemorySegment positionsBefore, MemorySegment promptTokens) {
        int kinds = layout.spec().kinds().size();
        this.plan = plan;
        this.tables = new BlockTables[kinds];
        this.positionsBefore = positionsBefore;
        this.promptTokens = promptTokens;
        this.stateKind = layout.stateKind();
        this.states = new StateBatch[plan.capacity().rows() + 1];
        this.batches = new RaggedBatch[kinds][plan.capacity().rows() + 1];
        this.batchesBefore = new RaggedBatch[kinds][plan.capacity().rows() + 1];
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
        return batch(batches, firstPositions, kind, rows);
    }

    /** As {@link #batch}, each row as if it were at the position before. */
    RaggedBatch batchBefore(int kind, int rows) {
        return batch(batchesBefore, positionsBefore, kind, rows);
    }

    private RaggedBatch batch(@Nullable RaggedBatch[][] kept, MemorySegment positions, int kind, int rows) {
        RaggedBatch batch = kept[kind][rows];
        if (batch == null) {
            batch = new RaggedBatch(rows, tokenOffsets, tokenCounts, positions, tables[kind]);
            kept[kind][rows] = batch;
        }
        return batch;
    }

    /** The first {@code rows} rows with their slots. */
    StateBatch states(int rows) {
        StateBatch batch = states[rows];
        if (batch == null) {
            batch = new StateBatch(rows, tokenOffsets, tokenCounts, firstPositions, promptTokens, tables[stateKind]);
            states[rows] = batch;
        }
        return batch;
    }
}
