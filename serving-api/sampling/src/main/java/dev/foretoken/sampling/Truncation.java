package dev.foretoken.sampling;

import dev.foretoken.contract.request.SamplingParams;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns top-k, top-p and min-p into one number: the smallest logit that may be drawn. Tokens that tie with the last one kept are kept too.
 * Usually the few most likely tokens decide; where they do not, a histogram over the vocabulary does.
 */
final class Truncation {

    private static final int FEW = 64;
    private static final int MANY = 1024;

    private final int vocabulary;
    private final MemorySegment ids;
    private final MemorySegment values;
    private final LogitHistogram histogram;

    Truncation(int vocabulary, Arena arena) {
        this.vocabulary = vocabulary;
        this.ids = arena.allocate((long) MANY * Integer.BYTES, 64);
        this.values = arena.allocate((long) MANY * Float.BYTES, 64);
        this.histogram = new LogitHistogram(vocabulary);
    }

    /** Whether it or the draw after it needs the mass of the whole row. */
    boolean weighsAll(SamplingParams params) {
        return !limitsCount(params) && (params.topP() < 1 || params.minP() == 0);
    }

    private boolean limitsCount(SamplingParams params) {
        return params.topK() > 0 && params.topK() < vocabulary;
    }

    float floor(LogitRow row, float inverseTemperature, SamplingParams params) {
        float floor = Float.NEGATIVE_INFINITY;
        if (params.minP() > 0) {
            floor = (float) (row.max() + Math.log(params.minP()) / inverseTemperature);
        }
        if (limitsCount(params)) {
            return Math.max(floor, byCount(row, inverseTemperature, params));
        }
        return params.topP() < 1 ? Math.max(floor, byMass(row, inverseTemperature, params.topP())) : floor;
    }

    private float byCount(LogitRow row, float inverseTemperature, SamplingParams params) {
        int count = params.topK();
        if (count > MANY) {
            histogram.read(row.logits(), row.max(), inverseTemperature);
            float floor = histogram.atCount(count);
            return params.topP() < 1
                    ? Math.max(floor, histogram.atMass(histogram.massFrom(floor) * params.topP()))
                    : floor;
        }
        row.topK(count, ids, values);
        if (params.topP() >= 1) {
            return value(count - 1);
        }
        double mass = 0;
        for (int i = 0; i < count; i++) {
            mass += weight(i, row.max(), inverseTemperature);
        }
        return value(reaching(mass * params.topP(), count, row.max(), inverseTemperature));
    }

    private float byMass(LogitRow row, float inverseTemperature, float share) {
        for (int candidates = FEW; candidates <= MANY && candidates <= vocabulary; candidates *= 4) {
            row.topK(candidates, ids, values);
            int last = reaching(row.mass() * share, candidates, row.max(), inverseTemperature);
            if (last < candidates) {
                return value(last);
            }
        }
        histogram.read(row.logits(), row.max(), inverseTemperature);
        return histogram.atMass(histogram.totalMass() * share);
    }

    /** Index of the candidate at which the mass is reached; {@code count} if it is not. */
    private int reaching(double mass, int count, float max, float inverseTemperature) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weight(i, max, inverseTemperature);
            if (sum >= mass) {
                return i;
            }
        }
        return count;
    }

    private double weight(int candidate, float max, float inverseTemperature) {
        return Math.exp((double) (value(candidate) - max) * inverseTemperature);
    }

    private float value(int candidate) {
        return values.getAtIndex(ValueLayout.JAVA_FLOAT, candidate);
    }
}
