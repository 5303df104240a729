package dev.foretoken.contract.runtime;

/** Bounds the memory that the caches of one stream take; what was counted ends with the stream. */
@FunctionalInterface
public interface StateBudget {

    /** Allows everything. */
    StateBudget UNBOUNDED = (cache, bytes) -> {};

    /**
     * A cache is about to take so many bytes more, or fewer where negative.
     *
     * @throws dev.foretoken.contract.ForetokenException PAYLOAD_TOO_LARGE, QUEUE_FULL: they must not be taken, and are not counted
     */
    void change(String cache, long bytes);
}
