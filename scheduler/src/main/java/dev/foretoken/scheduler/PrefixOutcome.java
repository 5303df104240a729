package dev.foretoken.scheduler;

/** What the prefix cache gave a sequence when it was admitted, and why it gave nothing. */
public enum PrefixOutcome {
    HIT,
    /** Nothing of this prompt is known within its tenant, salt and adapter. */
    MISS,
    /** Another choice of the request has computed the prompt and shares its blocks. */
    SIBLING,
    /** The prompt has no full block before its last token. */
    TOO_SHORT,
    /** Log-probabilities of the prompt are wanted: they are always computed. */
    PROMPT_SCORED,
    /** The model keeps slots, or its runtime cannot share blocks. */
    NOT_SHARABLE,
    SWITCHED_OFF,
    ;
}
