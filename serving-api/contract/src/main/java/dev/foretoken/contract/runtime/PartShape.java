package dev.foretoken.contract.runtime;

/** One network of a variant and the caches a sequence needs in it. */
public record PartShape(Role role, int hiddenSize, CacheSpec caches) {
    /** What the network is for. */
    public enum Role {
        /** Computes the answer. */
        BASE,
        /** Computes what predicted K/V are made from. */
        AUXILIARY,
        /** Proposes tokens that the base verifies. */
        DRAFT,
        ;
    }
}
