package dev.foretoken.bench.stats;

import java.util.Arrays;
import java.util.List;

/** The median of repeated measurements with the range they fell in. */
public record Spread(int runs, double median, double min, double max) {

    /** Summarizes at least one measurement; the order does not matter. */
    public static Spread of(double... measurements) {
        if (measurements.length == 0) {
            throw new IllegalArgumentException("a spread of no measurements; expected at least one");
        }
        double[] sorted = measurements.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted.length, median, sorted[0], sorted[sorted.length - 1]);
    }

    /** The same of numbers in a list. */
    public static Spread of(List<Double> measurements) {
        return of(measurements.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Half of the range, relative to the median: 0.05 prints as "+-5 %". */
    public double relative() {
        return median == 0 ? 0 : (max - min) / 2 / median;
    }
}
