package dev.foretoken.contract.runtime;

/** What a row asks of its part. */
public enum RowKind {
    /** Ordinary forward pass over the span. */
    COMPUTE,
    /** The draft part proposes: as COMPUTE, and drawn tokens are proposals. */
    DRAFT,
    /** The span's tokens but the first are proposals; a token is sampled at every position of the span. */
    VERIFY,
    /** The auxiliary computes the span and the maps fill the base's caches for it. */
    PREDICT,
    /** As COMPUTE, into shadow blocks, without sampling. */
    REPAIR,
    ;
}
