package dev.foretoken.contract.runtime;

/** What a row asks of its part. */
public enum RowKind {
    /** Ordinary forward pass over the span. In the auxiliary part: it only fills its caches. */
    COMPUTE,
    /**
     * The draft part computes the span and then proposes as many tokens as {@link StepPlan.Column#PROPOSALS} says, each drawn as the base would
     * draw at its position and fed into the next; the last is not fed. The tables reach to the last one fed.
     */
    DRAFT,
    /**
     * The span starts at the sequence's last known token; the tokens behind it are proposals. With {@link StepPlan#WANT_SAMPLE_EACH} a token
     * is drawn behind every position, each exactly as if the proposals before it had been generated.
     */
    VERIFY,
    /**
     * A row of the auxiliary part: it computes the span, and the maps fill the base's caches for it. The row has the tables of the auxiliary's
     * kinds and, behind them, those of the base's kinds: kind {@code a + b} is the base's kind b where the auxiliary has a kinds.
     */
    PREDICT,
    /** As COMPUTE, into blocks that hold exact K/V beside the predicted ones, without sampling. */
    REPAIR,
    ;
}
