package dev.foretoken.scheduler;

/** What the prefix cache gave a sequence when it was admitted, and why it gave nothing. */
public enum PrefixOutcome {
    HIT,
    /** Nothing of this prompt is known within its tenant, salt and adapter. */
    MISS,
    /** Prompts began like this one before, but no state was kept where they part or at any aligned position before. */
    NO_CHECKPOINT,
    /** A state is kept for a beginning of this prompt, but blocks of K and V before it were given up. */
    NO_BLOCKS,
    /** What was kept of this prompt was given up to make room. */
    EVICTED,
    /** Another choice of the request has computed the prompt and shares its blocks. */
    SIBLING,
    /** The prompt has no full block before its last token, or none that ends at an aligned position. */
    TOO_SHORT,
    /** Log-probabilities of the prompt are wanted: they are always computed. */
    PROMPT_SCORED,
    /** The model keeps slots that cannot be copied, or its runtime cannot share blocks. */
    NOT_SHARABLE,
    SWITCHED_OFF,
    ;

    /** Whether the prompt was looked for: what counts for a hit rate. */
    public boolean isLookup() {
        return switch (this) {
            case HIT, MISS, NO_CHECKPOINT, NO_BLOCKS, EVICTED -> true;
            case SIBLING, TOO_SHORT, PROMPT_SCORED, NOT_SHARABLE, SWITCHED_OFF -> false;
        };
    }
}
