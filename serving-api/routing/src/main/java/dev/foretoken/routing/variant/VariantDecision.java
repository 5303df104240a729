package dev.foretoken.routing.variant;

import java.util.Optional;

/**
 * Which variant answers a request, and why.
 *
 * @param variant as the rule names it; empty: the one that the name leads to
 * @param place where the request lies between 0 and 1 by its own hash, which weights are compared with; -1 where nothing was drawn
 */
public record VariantDecision(String requestId, String alias, Optional<String> variant, Reason reason, double place) {

    /** Why it is this variant. */
    public enum Reason {
        /** Nothing else applies. */
        PRIMARY,
        CANARY_HEADER,
        CANARY_WEIGHT,
        /** An objective is missed, and the caller takes a cheaper one. */
        LOAD,
    }

    public boolean isPrimary() {
        return variant.isEmpty();
    }
}
