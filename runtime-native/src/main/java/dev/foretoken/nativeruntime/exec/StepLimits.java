package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.ModelPlan;

/**
 * The most one step can hold, and the work space that follows from it.
 *
 * @param tokens over all rows
 * @param headRows positions whose logits are held at a time
 */
record StepLimits(int rows, int tokens, int headRows, int contextTokens) {

    private static final int ROWS = 256;
    private static final int DRAFT_HEADS = 16;
    private static final long ACTIVATION_BYTES = 128L << 20;
    private static final long LOGIT_BYTES = 64L << 20;

    /** As many tokens as fit the work space, so that large models take shorter steps. */
    static StepLimits of(ModelPlan plan, int contextTokens) {
        return of(plan, contextTokens, 0);
    }

    /** {@code more}: floats that are held for each token beside what the plan needs. */
    static StepLimits of(ModelPlan plan, int contextTokens, int more) {
        long tokens = ACTIVATION_BYTES / ((bytesPerToken(plan) + (long) more * Float.BYTES) * 64) * 64;
        long headRows = LOGIT_BYTES / ((long) plan.vocabularySize() * Float.BYTES);
        return new StepLimits(ROWS, Math.clamp(tokens, ROWS, 2048), Math.clamp(headRows, 16, ROWS), contextTokens);
    }

    /** What both allow. */
    StepLimits within(StepLimits other) {
        return new StepLimits(
                Math.min(rows, other.rows),
                Math.min(tokens, other.tokens),
                Math.min(headRows, other.headRows),
                Math.min(contextTokens, other.contextTokens));
    }

    /** Of a draft part, which draws behind one position of a row at a time. */
    StepLimits withFewHeads() {
        return new StepLimits(rows, tokens, Math.min(headRows, DRAFT_HEADS), contextTokens);
    }

    private static long bytesPerToken(ModelPlan plan) {
        int streams = Workspace.hasBranches(plan) ? 4 : 3;
        return Float.BYTES * ((long) streams * plan.hiddenSize() + InnerWidths.widest(plan));
    }
}
