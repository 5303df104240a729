package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;

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
        long tokens = ACTIVATION_BYTES / (bytesPerToken(plan) * 64) * 64;
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
        long widest = 0;
        for (Sublayer sublayer : plan.sublayers()) {
            widest = Math.max(
                    widest,
                    switch (sublayer) {
                        case Attention attention ->
                            2L * attention.layout().queryWidth()
                                    + 2L * attention.layout().keyWidth();
                        case Mlp mlp -> 2L * mlp.gate().outputs();
                    });
        }
        return Float.BYTES * (3L * plan.hiddenSize() + widest);
    }
}
