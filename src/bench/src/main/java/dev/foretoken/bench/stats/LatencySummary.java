package dev.foretoken.bench.stats;

/** Percentiles of durations, all in seconds. With {@code count} 0 every value is 0 and means nothing. */
public record LatencySummary(long count, double mean, double p50, double p90, double p95, double p99, double max) {
    public static final LatencySummary EMPTY = new LatencySummary(0, 0, 0, 0, 0, 0, 0);
}
