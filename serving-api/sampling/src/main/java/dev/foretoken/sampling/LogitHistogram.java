package dev.foretoken.sampling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Finds the logit above which a given number of tokens, or a given mass, lies, where that is too many tokens to sort: buckets by distance
 * from the largest logit, then sorts the one bucket in which the limit falls. Exact. Allocates nothing.
 */
final class LogitHistogram {

    private static final int BUCKETS = 4096;
    /** Buckets per unit of tempered logit: the last bucket starts at exp(-64) of the largest weight. */
    private static final double RESOLUTION = 64;

    private final int vocabulary;
    private final int[] counts = new int[BUCKETS];
    private final double[] masses = new double[BUCKETS];
    private final float[] sorted;
    private MemorySegment logits = MemorySegment.NULL;
    private float max;
    private float inverseTemperature;

    LogitHistogram(int vocabulary) {
        this.vocabulary = vocabulary;
        this.sorted = new float[vocabulary];
    }

    /** Reads a row once. */
    void read(MemorySegment row, float rowMax, float rowInverseTemperature) {
        logits = row;
        max = rowMax;
        inverseTemperature = rowInverseTemperature;
        Arrays.fill(counts, 0);
        Arrays.fill(masses, 0);
        for (int id = 0; id < vocabulary; id++) {
            float logit = row.getAtIndex(ValueLayout.JAVA_FLOAT, id);
            double distance = distance(logit);
            int bucket = bucket(distance);
            counts[bucket]++;
            masses[bucket] += bucket < BUCKETS - 1 ? shareOfBucket(distance - bucket) : weight(logit);
        }
        for (int bucket = 0; bucket < BUCKETS - 1; bucket++) {
            masses[bucket] *= Math.exp(-bucket / RESOLUTION);
        }
    }

    /** exp(-distance / {@link #RESOLUTION}) for a distance in [0, 1): the series, whose next term is below 3e-14. */
    private static double shareOfBucket(double distance) {
        double x = -distance / RESOLUTION;
        return 1 + x * (1 + x * 0.5 * (1 + x * (1 / 3.0) * (1 + x * 0.25 * (1 + x * 0.2))));
    }

    double totalMass() {
        double total = 0;
        for (double mass : masses) {
            total += mass;
        }
        return total;
    }

    /** The {@code count}-th largest logit. */
    float atCount(int count) {
        int before = 0;
        int bucket = 0;
        while (bucket < BUCKETS - 1 && before + counts[bucket] < count) {
            before += counts[bucket++];
        }
        int found = sortBucket(bucket);
        return found == 0 ? Float.NEGATIVE_INFINITY : sorted[Math.max(0, found - (count - before))];
    }

    /** The logit of the last token of the smallest set of most likely tokens whose mass reaches {@code mass}. */
    float atMass(double mass) {
        double before = 0;
        int bucket = 0;
        while (bucket < BUCKETS - 1 && before + masses[bucket] < mass) {
            before += masses[bucket++];
        }
        int found = sortBucket(bucket);
        for (int i = found - 1; i >= 0; i--) {
            before += weight(sorted[i]);
            if (before >= mass) {
                return sorted[i];
            }
        }
        return found == 0 ? Float.NEGATIVE_INFINITY : sorted[0];
    }

    /** Mass of the tokens from {@code floor} up. */
    double massFrom(float floor) {
        double mass = 0;
        for (int id = 0; id < vocabulary; id++) {
            float logit = logits.getAtIndex(ValueLayout.JAVA_FLOAT, id);
            mass += logit >= floor ? weight(logit) : 0;
        }
        return mass;
    }

    private int sortBucket(int wanted) {
        int found = 0;
        for (int id = 0; id < vocabulary; id++) {
            float logit = logits.getAtIndex(ValueLayout.JAVA_FLOAT, id);
            if (bucket(distance(logit)) == wanted) {
                sorted[found++] = logit;
            }
        }
        Arrays.sort(sorted, 0, found);
        return found;
    }

    /** From the largest logit, in buckets. */
    private double distance(float logit) {
        return ((double) max - logit) * inverseTemperature * RESOLUTION;
    }

    private static int bucket(double distance) {
        return distance < BUCKETS - 1 ? (int) distance : BUCKETS - 1;
    }

    private double weight(float logit) {
        return Math.exp((double) (logit - max) * inverseTemperature);
    }
}
