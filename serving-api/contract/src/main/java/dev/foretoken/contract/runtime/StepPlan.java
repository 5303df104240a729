package dev.foretoken.contract.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One step: a ragged batch of rows, as structure of arrays outside the Java heap, filled anew for every step and read by native code in
 * place. Row r covers the positions [firstPosition, firstPosition + tokenCount) of one sequence in one part; all rows of a step are of the
 * same part. Padding does not exist.
 *
 * <p>Filling: {@link #clear}, then for each row {@link #addRow}, its {@link #addToken}s, then for each cache kind of the part in order
 * either {@link #beginTable} with its {@link #addUnit}s or {@link #setSlot}. Allocates nothing. Closing frees the memory.
 */
public final class StepPlan implements AutoCloseable {

    /** A table entry whose block was released behind the window. */
    public static final int NO_UNIT = -1;

    /** No LoRA adapter. */
    public static final int NO_ADAPTER = -1;

    /** The row draws a token after its last position. */
    public static final int WANT_SAMPLE = 1;
    /** The row draws a token after every position of its span. */
    public static final int WANT_SAMPLE_EACH = 1 << 1;
    /** The row reports log-probabilities of the prompt tokens that follow its positions. */
    public static final int WANT_PROMPT_LOGPROBS = 1 << 2;
    /** The row reports the last layer's hidden vector of its last position. */
    public static final int WANT_HIDDEN = 1 << 3;

    private final Arena arena = Arena.ofShared();
    private final StepCapacity capacity;
    private final MemorySegment columns;
    private final MemorySegment tokens;
    private final MemorySegment tables;
    private final MemorySegment tableOffsets;
    private final MemorySegment tableLengths;
    private final SequenceView[] sequences;
    private int rows;
    private int tokenCount;
    private int tableEntries;

    /** Integer columns, each int32 [rows]. */
    public enum Column {
        PART,
        /** {@link RowKind#ordinal}. */
        KIND,
        FIRST_POSITION,
        /** Index of the row's first token in {@link StepPlan#tokens}. */
        TOKEN_OFFSET,
        TOKEN_COUNT,
        ADAPTER,
        /** Width slice of the weights (MatFormer); 0 = full width. */
        SLICE,
        /** Pass number of a looped model; 0 = first. */
        LOOP,
        /** Sum of WANT_ flags. */
        WANTS,
        /** Tokens that a {@link RowKind#DRAFT} row draws, which has no WANT_ flags; 0 = it only fills its caches. */
        PROPOSALS,
    }

    private static final int COLUMN_COUNT = Column.values().length;

    public StepPlan(StepCapacity capacity) {
        this.capacity = capacity;
        this.columns = ints((long) COLUMN_COUNT * capacity.rows());
        this.tokens = ints(capacity.tokens());
        this.tables = ints(capacity.tableEntries());
        this.tableOffsets = ints((long) capacity.rows() * capacity.kinds());
        this.tableLengths = ints((long) capacity.rows() * capacity.kinds());
        this.sequences = new SequenceView[capacity.rows()];
    }

    private MemorySegment ints(long count) {
        return arena.allocate(count * Integer.BYTES, 64);
    }

    public StepCapacity capacity() {
        return capacity;
    }

    public void clear() {
        java.util.Arrays.fill(sequences, 0, rows, null);
        rows = 0;
        tokenCount = 0;
        tableEntries = 0;
    }

    /** Starts a row of full width in the first loop without adapter; returns its index. */
    public int addRow(SequenceView sequence, int part, RowKind kind, int firstPosition, int wants) {
        if (rows == capacity.rows()) {
            throw new IllegalStateException("step is full: " + rows + " rows");
        }
        int row = rows++;
        sequences[row] = sequence;
        set(Column.PART, row, part);
        set(Column.KIND, row, kind.ordinal());
        set(Column.FIRST_POSITION, row, firstPosition);
        set(Column.TOKEN_OFFSET, row, tokenCount);
        set(Column.TOKEN_COUNT, row, 0);
        set(Column.ADAPTER, row, NO_ADAPTER);
        set(Column.SLICE, row, 0);
        set(Column.LOOP, row, 0);
        set(Column.WANTS, row, wants);
        set(Column.PROPOSALS, row, 0);
        return row;
    }

    /** Appends a token to the newest row: an id, or {@link #deferred} for one that the previous step draws. */
    public void addToken(int token) {
        tokens.setAtIndex(ValueLayout.JAVA_INT, tokenCount++, token);
        int row = rows - 1;
        set(Column.TOKEN_COUNT, row, get(Column.TOKEN_COUNT, row) + 1);
    }

    /** Appends all tokens of a row of another plan to the newest row. */
    public void addTokens(StepPlan from, int row) {
        int count = from.get(Column.TOKEN_COUNT, row);
        from.copyTokens(row, tokens, tokenCount);
        tokenCount += count;
        set(Column.TOKEN_COUNT, rows - 1, get(Column.TOKEN_COUNT, rows - 1) + count);
    }

    /** Copies all tokens of a row; {@code to}: int32; {@code first}: index of the first one there. */
    public void copyTokens(int row, MemorySegment to, int first) {
        long from = get(Column.TOKEN_OFFSET, row);
        long bytes = (long) get(Column.TOKEN_COUNT, row) * Integer.BYTES;
        MemorySegment.copy(tokens, from * Integer.BYTES, to, (long) first * Integer.BYTES, bytes);
    }

    /** Stands for the token that row {@code row} of the previous step, not yet awaited, draws. */
    public static int deferred(int row) {
        return -1 - row;
    }

    public static boolean isDeferred(int token) {
        return token < 0;
    }

    /** Starts the newest row's block table of a paged kind. Entry i holds the block of positions [i * blockTokens, (i + 1) * blockTokens). */
    public void beginTable(int kind) {
        long index = kindIndex(rows - 1, kind);
        tableOffsets.setAtIndex(ValueLayout.JAVA_INT, index, tableEntries);
        tableLengths.setAtIndex(ValueLayout.JAVA_INT, index, 0);
    }

    /** Appends a block, or {@link #NO_UNIT}, to the table begun last. */
    public void addUnit(int kind, int unit) {
        tables.setAtIndex(ValueLayout.JAVA_INT, tableEntries++, unit);
        long index = kindIndex(rows - 1, kind);
        int length = tableLengths.getAtIndex(ValueLayout.JAVA_INT, index);
        tableLengths.setAtIndex(ValueLayout.JAVA_INT, index, length + 1);
    }

    /** Names the newest row's slot of a kind that is not paged. */
    public void setSlot(int kind, int slot) {
        beginTable(kind);
        addUnit(kind, slot);
    }

    public int rows() {
        return rows;
    }

    /** Tokens of all rows together. */
    public int tokenCount() {
        return tokenCount;
    }

    public SequenceView sequence(int row) {
        return sequences[row];
    }

    public int get(Column column, int row) {
        return columns.getAtIndex(ValueLayout.JAVA_INT, (long) column.ordinal() * capacity.rows() + row);
    }

    public void set(Column column, int row, int value) {
        columns.setAtIndex(ValueLayout.JAVA_INT, (long) column.ordinal() * capacity.rows() + row, value);
    }

    public boolean wants(int row, int flag) {
        return (get(Column.WANTS, row) & flag) != 0;
    }

    /** Token {@code index} of a row. */
    public int token(int row, int index) {
        return tokens.getAtIndex(ValueLayout.JAVA_INT, get(Column.TOKEN_OFFSET, row) + (long) index);
    }

    public int tableLength(int row, int kind) {
        return tableLengths.getAtIndex(ValueLayout.JAVA_INT, kindIndex(row, kind));
    }

    public int tableOffset(int row, int kind) {
        return tableOffsets.getAtIndex(ValueLayout.JAVA_INT, kindIndex(row, kind));
    }

    /** Entry {@code index} of a row's table; the slot itself is entry 0. */
    public int unit(int row, int kind, int index) {
        return tables.getAtIndex(ValueLayout.JAVA_INT, tableOffset(row, kind) + (long) index);
    }

    /** One column: int32 [capacity.rows]. */
    public MemorySegment column(Column column) {
        long bytes = (long) capacity.rows() * Integer.BYTES;
        return columns.asSlice(column.ordinal() * bytes, bytes);
    }

    /** int32 [tokenCount]: all rows' tokens one after the other. */
    public MemorySegment tokens() {
        return tokens;
    }

    /** int32: all rows' tables; see {@link #tableOffset}. */
    public MemorySegment tables() {
        return tables;
    }

    /** int32 [capacity.rows, capacity.kinds]: offsets into {@link #tables}. */
    public MemorySegment tableOffsets() {
        return tableOffsets;
    }

    /** int32 [capacity.rows, capacity.kinds]. */
    public MemorySegment tableLengths() {
        return tableLengths;
    }

    private long kindIndex(int row, int kind) {
        return (long) row * capacity.kinds() + kind;
    }

    @Override
    public void close() {
        arena.close();
    }
}
