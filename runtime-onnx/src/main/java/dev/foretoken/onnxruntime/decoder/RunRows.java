package dev.foretoken.onnxruntime.decoder;

/** The rows of one run of the graph, in the order of their physical rows. Reused. */
final class RunRows {

    private final int[] planRow;
    private final int[] slot;
    private final int[] past;
    private int firstRow;
    private int count;
    private int span;
    private int from;
    private int longest;

    RunRows(int capacity) {
        this.planRow = new int[capacity];
        this.slot = new int[capacity];
        this.past = new int[capacity];
    }

    /**
     * Begins a run.
     *
     * @param row physical row of the first
     * @param tokens of each row
     * @param offset of these tokens within the rows of the plan
     */
    void clear(int row, int tokens, int offset) {
        firstRow = row;
        span = tokens;
        from = offset;
        count = 0;
        longest = 0;
    }

    /** {@code tokens}: of the sequence before those of this run. */
    void add(int rowOfPlan, int slotOfRow, int tokens) {
        planRow[count] = rowOfPlan;
        slot[count] = slotOfRow;
        past[count++] = tokens;
        longest = Math.max(longest, tokens);
    }

    int firstRow() {
        return firstRow;
    }

    int count() {
        return count;
    }

    int span() {
        return span;
    }

    int from() {
        return from;
    }

    int planRow(int index) {
        return planRow[index];
    }

    int slot(int index) {
        return slot[index];
    }

    int past(int index) {
        return past[index];
    }

    /** The largest {@link #past}. */
    int longest() {
        return longest;
    }
}
