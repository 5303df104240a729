package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.adapters.AdapterSlots;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The step being computed: its plan, checked, with the position of every token. */
final class StepBatch {

    private static final RowKind[] KINDS = RowKind.values();

    /**
     * What rows may be.
     *
     * @param part that all belong to
     * @param kinds that are offered
     */
    record Offer(int part, Set<RowKind> kinds) {
        /** A network that computes answers. */
        static final Offer BASE = new Offer(0, Set.of(RowKind.COMPUTE, RowKind.VERIFY, RowKind.REPAIR));

        /** A network whose K and V others are predicted from. */
        static Offer auxiliary(int part) {
            return new Offer(part, Set.of(RowKind.COMPUTE, RowKind.PREDICT));
        }
    }

    private final Offer offer;
    private final StepLimits limits;
    private final int vocabulary;
    private final CacheLayout layout;
    private final @Nullable AdapterSlots adapters;
    private final MemorySegment ids;
    private final MemorySegment positions;
    private final MemorySegment positionsBefore;
    private final MemorySegment promptTokens;
    private @Nullable StepPlan plan;
    private @Nullable PlanTables tables;
    private int endPosition;

    /** {@code adapters}: those that rows may name; null: none. */
    StepBatch(StepLimits limits, int vocabulary, CacheLayout layout, @Nullable AdapterSlots adapters, Arena arena) {
        this(Offer.BASE, limits, vocabulary, layout, adapters, arena);
    }

    /** For rows of another part. */
    StepBatch(
            Offer offer,
            StepLimits limits,
            int vocabulary,
            CacheLayout layout,
            @Nullable AdapterSlots adapters,
            Arena arena) {
        this.offer = offer;
        this.limits = limits;
        this.vocabulary = vocabulary;
        this.layout = layout;
        this.adapters = adapters;
        this.ids = arena.allocate((long) limits.tokens() * Integer.BYTES, 64);
        this.positions = arena.allocate((long) limits.tokens() * Integer.BYTES, 64);
        this.positionsBefore = arena.allocate((long) limits.rows() * Integer.BYTES, 64);
        this.promptTokens = arena.allocate((long) limits.rows() * Integer.BYTES, 64);
    }

    /**
     * Takes over a plan.
     *
     * @throws ForetokenException RUNTIME_FAILED when it holds something that this runtime did not offer
     */
    void load(StepPlan next) {
        require(next.rows() <= limits.rows(), "rows", next.rows(), "at most", limits.rows());
        require(next.tokenCount() <= limits.tokens(), "tokens", next.tokenCount(), "at most", limits.tokens());
        plan = next;
        endPosition = 0;
        for (int row = 0; row < next.rows(); row++) {
            check(next, row);
            loadRow(next, row);
        }
        PlanTables current = tables;
        if (current == null || !current.isOf(next)) {
            tables = new PlanTables(next, layout, positionsBefore, promptTokens);
        }
        if (adapters != null) {
            adapters.arrange(next);
        }
    }

    private void check(StepPlan next, int row) {
        RowKind kind = KINDS[next.get(Column.KIND, row)];
        if (!offer.kinds().contains(kind)) {
            throw failed("a row asks to %s, which this part does not offer"
                    .formatted(kind.name().toLowerCase(Locale.ROOT)));
        }
        require(next.get(Column.PART, row) == offer.part(), "part", next.get(Column.PART, row), "only", offer.part());
        int adapter = next.get(Column.ADAPTER, row);
        boolean known = adapter < 0 || (adapters != null && adapters.isLoaded(adapter));
        require(known, "adapter", adapter, "loaded, or none:", StepPlan.NO_ADAPTER);
        require(next.get(Column.SLICE, row) == 0, "width slice", next.get(Column.SLICE, row), "only", 0);
        require(next.get(Column.LOOP, row) == 0, "loop", next.get(Column.LOOP, row), "only", 0);
        int count = next.get(Column.TOKEN_COUNT, row);
        require(count > 0, "tokens in a row", count, "at least", 1);
        int end = next.get(Column.FIRST_POSITION, row) + count;
        require(end <= limits.contextTokens(), "end position", end, "at most", limits.contextTokens());
        endPosition = Math.max(endPosition, end);
    }

    private void loadRow(StepPlan next, int row) {
        promptTokens.setAtIndex(ValueLayout.JAVA_INT, row, next.sequence(row).promptTokens());
        int offset = next.get(Column.TOKEN_OFFSET, row);
        int first = next.get(Column.FIRST_POSITION, row);
        int count = next.get(Column.TOKEN_COUNT, row);
        positionsBefore.setAtIndex(ValueLayout.JAVA_INT, row, Math.max(0, first - 1));
        next.copyTokens(row, ids, offset);
        for (int i = 0; i < count; i++) {
            int token = ids.getAtIndex(ValueLayout.JAVA_INT, offset + i);
            require(!StepPlan.isDeferred(token), "deferred token", token, "known ids only: steps in flight", 1);
            require(token < vocabulary, "token", token, "below", vocabulary);
            positions.setAtIndex(ValueLayout.JAVA_INT, offset + i, first + i);
        }
    }

    private static void require(boolean holds, String what, int found, String expected, int limit) {
        if (!holds) {
            throw failed(what + "=" + found + ", must be " + expected + " " + limit);
        }
    }

    private static ForetokenException failed(String what) {
        return new ForetokenException(ErrorCode.RUNTIME_FAILED, "The step cannot be computed: " + what);
    }

    StepPlan plan() {
        StepPlan current = plan;
        if (current == null) {
            throw new IllegalStateException("no step was loaded");
        }
        return current;
    }

    int rows() {
        return plan().rows();
    }

    int tokens() {
        return plan().tokenCount();
    }

    /** One past the highest position of any row. */
    int endPosition() {
        return endPosition;
    }

    /** int32 [tokens]. */
    MemorySegment ids() {
        return ids;
    }

    /** int32 [tokens]: absolute. */
    MemorySegment positions() {
        return positions;
    }

    RaggedBatch batch(int kind) {
        return tables().batch(kind, rows());
    }

    /**
     * Rows of one token each as if at the position before, so that a token does not see itself. The first token of a sequence is left where it
     * is and sees what is of no use: see {@link #clearStarts}.
     */
    RaggedBatch batchBefore(int kind) {
        return tables().batchBefore(kind, rows());
    }

    /** Zeros the vectors of rows that begin their sequence; {@code vectors}: fp32 [tokens, width]. */
    void clearStarts(MemorySegment vectors, int width) {
        StepPlan current = plan();
        long bytes = (long) width * Float.BYTES;
        for (int row = 0; row < current.rows(); row++) {
            if (current.get(Column.FIRST_POSITION, row) == 0) {
                vectors.asSlice(current.get(Column.TOKEN_OFFSET, row) * bytes, bytes)
                        .fill((byte) 0);
            }
        }
    }

    /** Rows with the slots of the recurrent state. */
    StateBatch states() {
        return tables().states(rows());
    }

    private PlanTables tables() {
        PlanTables current = tables;
        if (current == null) {
            throw new IllegalStateException("no step was loaded");
        }
        return current;
    }
}
