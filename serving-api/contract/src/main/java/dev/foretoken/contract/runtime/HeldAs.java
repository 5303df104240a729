package dev.foretoken.contract.runtime;

/**
 * How an opened variant lies in memory, for model information and results.
 *
 * @param weights encodings of its weights, the one of most bytes first, joined by {@code " + "}; empty = unknown
 * @param weightBytes memory of the weights
 * @param kvCache element type of K and V in the cache, lower-case; empty = unknown, or no such cache
 */
public record HeldAs(String weights, long weightBytes, String kvCache) {
    public static final HeldAs UNKNOWN = new HeldAs("", 0, "");
}
