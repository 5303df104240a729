package dev.foretoken.scheduler;

/** The rows given out so far in the step that is being planned. */
final class StepShape {

    private final StepLimits limits;
    private int rows;
    private int tokens;
    private int generatedRows;
    private int span;
    private boolean generatedOnly;

    StepShape(StepLimits limits) {
        this.limits = limits;
    }

    void clear() {
        rows = 0;
        tokens = 0;
        generatedRows = 0;
    }

    int rows() {
        return rows;
    }

    /** Rows of single generated positions. */
    int generatedRows() {
        return generatedRows;
    }

    int tokensLeft() {
        return limits.tokens() - tokens;
    }

    boolean admits(Sequence sequence, int count) {
        if (rows == limits.sequences() || count > tokensLeft()) {
            return false;
        }
        if (rows == 0) {
            return true;
        }
        return (limits.ragged() || count == span) && (limits.mixed() || isGenerated(sequence, count) == generatedOnly);
    }

    void add(Sequence sequence, int count) {
        if (rows == 0) {
            span = count;
            generatedOnly = isGenerated(sequence, count);
        }
        rows++;
        tokens += count;
        generatedRows += isGenerated(sequence, count) ? 1 : 0;
        sequence.planned = count;
    }

    /** Puts proposals behind the generated position that {@code sequence} was given. */
    void addDraft(Sequence sequence, int count) {
        tokens += count;
        sequence.planned += count;
        sequence.drafted = count;
    }

    /** Adds a row of {@code count} tokens beside those of generated positions, of a sequence that may have one of these. */
    void addRepair(int count) {
        rows++;
        tokens += count;
    }

    /** Takes back what {@code sequence} was given. */
    void remove(Sequence sequence) {
        if (sequence.planned > 0) {
            rows--;
            tokens -= sequence.planned;
            generatedRows -= isGenerated(sequence, sequence.planned) ? 1 : 0;
            sequence.planned = 0;
        }
    }

    /** As the seam says it: one position behind the prompt. */
    private static boolean isGenerated(Sequence sequence, int count) {
        return count == 1 && sequence.scheduled >= sequence.promptTokens();
    }
}
