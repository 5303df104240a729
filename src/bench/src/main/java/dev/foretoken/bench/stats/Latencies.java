package dev.foretoken.bench.stats;

import org.HdrHistogram.Histogram;

/** Collects durations of one kind, in nanoseconds, to three significant digits. */
public final class Latencies {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram nanos = new Histogram(SIGNIFICANT_DIGITS);

    /** Adds one duration; a clock that stepped back counts as zero. */
    public void add(long durationNanos) {
        nanos.recordValue(Math.max(0, durationNanos));
    }

    public LatencySummary summary() {
        if (nanos.getTotalCount() == 0) {
            return LatencySummary.EMPTY;
        }
        return new LatencySummary(
                nanos.getTotalCount(),
                seconds(nanos.getMean()),
                at(50),
                at(90),
                at(95),
                at(99),
                seconds(nanos.getMaxValue()));
    }

    private double at(double percentile) {
        return seconds(nanos.getValueAtPercentile(percentile));
    }

    private static double seconds(double durationNanos) {
        return durationNanos / 1e9;
    }
}
