package dev.foretoken.contract.runtime;

/** What a model can be asked for. */
public enum ModelTask {
    /** Tokens after a prompt. */
    GENERATE,
    /** Named tensors for named tensors. */
    TENSOR,
    /** A vector for a text: output {@code sentence_embedding}, fp32 [batch, width]. */
    EMBED,
    /** How well a text answers a query: output {@code score}, fp32 [batch]. */
    RERANK,
    /** A score for each class: output {@code logits}, fp32 [batch, classes]. */
    CLASSIFY,
    ;
}
