package dev.foretoken.bench.cluster;

/** What gateways hear of pods, {@link ReportTimes#delay} after it happened. */
sealed interface PodNews {

    /** When it happened. */
    long at();

    /** A pod told of itself, or its connection ended. */
    record Reported(PodReport report, long at) implements PodNews {}

    /** A pod gave a request its first token. {@code cachedTokens}: of its prompt, that the pod had found. */
    record Started(SimulatedRequest request, int cachedTokens, long at) implements PodNews {}

    /** A pod gave a request its last token. */
    record Ended(SimulatedRequest request, long at) implements PodNews {}

    /** A pod does not answer a request, or no further. */
    record Returned(SimulatedRequest request, Cause cause, long at) implements PodNews {}

    /** Why a request comes back. */
    enum Cause {
        /** Too many wait at the pod. */
        FULL,
        /** The pod could not be reached. */
        DOWN,
        /** The pod failed while it had the request. */
        LOST,
    }
}
