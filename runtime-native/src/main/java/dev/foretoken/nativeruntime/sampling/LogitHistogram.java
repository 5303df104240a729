package dev.foretoken.nativeruntime.sampling;

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
    private static final float RESOLUTION = 64f;

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
            int bucket = bucket(logit);
            counts[bucket]++;
            masses[bucket] += weight(logit);
        }
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
            if (bucket(logit) == wanted) {
                sorted[found++] = logit;
            }
        }
        Arrays.sort(sorted, 0, found);
        return found;
    }

    private int bucket(float logit) {
        float distance = (max - logit) * inverseTemperature * RESOLUTION;
        return distance < BUCKETS - 1 ? (int) distance : BUCKETS - 1;
    }

    private double weight(float logit) {
        return Math.exp((double) (logit - max) * inverseTemperature);
    }
}
