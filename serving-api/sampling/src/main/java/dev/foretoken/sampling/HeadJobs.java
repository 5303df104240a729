package dev.foretoken.sampling;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;

/** The positions of a step whose logits or hidden vector somebody wants, in the order of rows and positions. Allocates nothing. */
public final class HeadJobs {

    /** A token is drawn. */
    public static final int SAMPLE = 1;
    /** The prompt token that follows is scored. */
    public static final int SCORE = 1 << 1;
    /** The hidden vector is reported. */
    public static final int HIDDEN = 1 << 2;

    private final int[] rows;
    private final int[] tokens;
    private final int[] positions;
    private final int[] uses;
    private int count;

    /** @param capacity most positions of a step */
    public HeadJobs(int capacity) {
        this.rows = new int[capacity];
        this.tokens = new int[capacity];
        this.positions = new int[capacity];
        this.uses = new int[capacity];
    }

    public void collect(StepPlan plan) {
        count = 0;
        for (int row = 0; row < plan.rows(); row++) {
            int length = plan.get(Column.TOKEN_COUNT, row);
            int from = firstWanted(plan, row, length);
            for (int i = from; i < length; i++) {
                add(plan, row, i, i == length - 1);
            }
        }
    }

    private static int firstWanted(StepPlan plan, int row, int length) {
        int spanFlags = StepPlan.WANT_SAMPLE_EACH | StepPlan.WANT_PROMPT_LOGPROBS;
        return plan.wants(row, spanFlags) ? 0 : length - 1;
    }

    private void add(StepPlan plan, int row, int index, boolean last) {
        int position = plan.get(Column.FIRST_POSITION, row) + index;
        int use = 0;
        if (plan.wants(row, StepPlan.WANT_SAMPLE_EACH) || (last && plan.wants(row, StepPlan.WANT_SAMPLE))) {
            use |= SAMPLE;
        }
        if (plan.wants(row, StepPlan.WANT_PROMPT_LOGPROBS)
                && position + 1 < plan.sequence(row).promptTokens()) {
            use |= SCORE;
        }
        if (last && plan.wants(row, StepPlan.WANT_HIDDEN)) {
            use |= HIDDEN;
        }
        if (use != 0) {
            rows[count] = row;
            tokens[count] = plan.get(Column.TOKEN_OFFSET, row) + index;
            positions[count] = position;
            uses[count++] = use;
        }
    }

    public int count() {
        return count;
    }

    public int row(int job) {
        return rows[job];
    }

    /** Index of the token in the step. */
    public int token(int job) {
        return tokens[job];
    }

    /** Absolute position of the token. */
    public int position(int job) {
        return positions[job];
    }

    public boolean uses(int job, int flag) {
        return (uses[job] & flag) != 0;
    }
}
