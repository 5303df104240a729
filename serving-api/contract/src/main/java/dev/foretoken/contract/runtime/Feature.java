package dev.foretoken.contract.runtime;

/** What a sequence runtime may be asked to do. The scheduler never asks for more. */
public enum Feature {
    /** Rows of one step may have different span lengths. Without it all rows of a step have the same. */
    RAGGED_ROWS,
    /** Prompt spans and single generated positions may stand in one step. Without it a step holds one of the two. */
    MIXED_SPANS,
    /**
     * A paged block may appear in the tables of several sequences, and a recurrent state may be restored from the checkpoint of another;
     * prefix hits start a span behind them.
     */
    PREFIX_SHARING,
    /**
     * Positions may be computed again after later ones were: rejected drafts, repair. Rows may verify. A recurrent state goes back by a
     * checkpoint saved before the step, not by itself.
     */
    ROLLBACK,
    /** Same request and seed give the same bits under any batch, chunking, prefix hit and thread count. */
    BATCH_INVARIANT,
    PROMPT_LOGPROBS,
    HIDDEN_STATES,
    TOKEN_MASKS,
    EMBEDDING_ROWS,
    ADAPTERS,
    /** Blocks can be exported to and imported from memory. */
    BLOCK_TRANSFER,
    /** Rows of the auxiliary part may predict the base's K and V. */
    PREDICTION,
    ;
}
