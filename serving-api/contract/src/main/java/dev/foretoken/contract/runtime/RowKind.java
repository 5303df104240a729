package dev.foretoken.contract.runtime;

/** What a row asks of its part. */
public enum RowKind {
    /** Ordinary forward pass over the span. */
    COMPUTE,
    /** The draft part proposes: as COMPUTE, and drawn tokens are proposals. */
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
