package dev.foretoken.gateway.metrics;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps the label values of one metric family a bounded set. */
final class SeriesLimit {

    static final int MAX_SERIES = 256;
    private static final String OTHER = "other";

    private final String[] overflow;
    private final Set<List<String>> known = new HashSet<>();

    SeriesLimit(int labels) {
        this.overflow = new String[labels];
        Arrays.fill(overflow, OTHER);
    }

    /** The values themselves, or {@code other} for each once the family is full. */
    synchronized String[] admit(String[] values) {
        List<String> series = List.of(values);
        if (known.contains(series)) {
            return values;
        }
        if (known.size() >= MAX_SERIES) {
            return overflow;
        }
        known.add(series);
        return values;
    }

    synchronized void forget(String[] values) {
        known.remove(List.of(values));
    }
}
