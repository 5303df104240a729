package dev.foretoken.contract.runtime;

/** What a row asks of its part. */
public enum RowKind {
    /** Ordinary forward pass over the span. */
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
    /** The auxiliary computes the span and the maps fill the base's caches for it. */
    PREDICT,
    /** As COMPUTE, into shadow blocks, without sampling. */
    REPAIR,
    ;
}
