package dev.foretoken.nativeruntime.sampling;

import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.nativeruntime.kernels.Kernels;
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

    private final Kernels kernels;
    private final int vocabulary;
    private final MemorySegment ids;
    private final MemorySegment values;
    private final MemorySegment tempered;
    private final Summaries temperedSummary;
    private final LogitHistogram histogram;

    Truncation(Kernels kernels, int vocabulary, Arena arena) {
        this.kernels = kernels;
        this.vocabulary = vocabulary;
        this.ids = arena.allocate((long) MANY * Integer.BYTES, 64);
        this.values = arena.allocate((long) MANY * Float.BYTES, 64);
        this.tempered = arena.allocate((long) vocabulary * Float.BYTES, 64);
        this.temperedSummary = new Summaries(1, vocabulary, arena);
        this.histogram = new LogitHistogram(vocabulary);
    }

    /** {@code max}, {@code logSumExp}: of {@code logits}, before temperature. */
    float floor(MemorySegment logits, float max, float logSumExp, float inverseTemperature, SamplingParams params) {
        float floor = Float.NEGATIVE_INFINITY;
        if (params.minP() > 0) {
            floor = (float) (max + Math.log(params.minP()) / inverseTemperature);
        }
        if (params.topK() > 0 && params.topK() < vocabulary) {
            return Math.max(floor, byCount(logits, max, inverseTemperature, params));
        }
        if (params.topP() < 1) {
            double mass = mass(logits, max, logSumExp, inverseTemperature);
            return Math.max(floor, byMass(logits, max, inverseTemperature, params.topP(), mass));
        }
        return floor;
    }

    private float byCount(MemorySegment logits, float max, float inverseTemperature, SamplingParams params) {
        int count = params.topK();
        if (count > MANY) {
            histogram.read(logits, max, inverseTemperature);
            float floor = histogram.atCount(count);
            return params.topP() < 1
                    ? Math.max(floor, histogram.atMass(histogram.massFrom(floor) * params.topP()))
                    : floor;
        }
        kernels.topK(logits, 1, vocabulary, count, ids, values);
        if (params.topP() >= 1) {
            return value(count - 1);
        }
        double mass = 0;
        for (int i = 0; i < count; i++) {
            mass += weight(i, max, inverseTemperature);
        }
        return value(reaching(mass * params.topP(), count, max, inverseTemperature));
    }

    private float byMass(MemorySegment logits, float max, float inverseTemperature, float share, double mass) {
        for (int candidates = FEW; candidates <= MANY && candidates <= vocabulary; candidates *= MANY / FEW) {
            kernels.topK(logits, 1, vocabulary, candidates, ids, values);
            int last = reaching(mass * share, candidates, max, inverseTemperature);
            if (last < candidates) {
                return value(last);
            }
        }
        histogram.read(logits, max, inverseTemperature);
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

    /** Sum of all tokens' weights after temperature, that of the largest logit being 1. */
    private double mass(MemorySegment logits, float max, float logSumExp, float inverseTemperature) {
        if (inverseTemperature == 1f) {
            return Math.exp((double) logSumExp - max);
        }
        for (int id = 0; id < vocabulary; id++) {
            float scaled = (logits.getAtIndex(ValueLayout.JAVA_FLOAT, id) - max) * inverseTemperature;
            tempered.setAtIndex(ValueLayout.JAVA_FLOAT, id, scaled);
        }
        temperedSummary.compute(kernels, tempered, 1);
        return Math.exp(temperedSummary.logSumExp(0));
    }

    private double weight(int candidate, float max, float inverseTemperature) {
        return Math.exp((double) (value(candidate) - max) * inverseTemperature);
    }

    private float value(int candidate) {
        return values.getAtIndex(ValueLayout.JAVA_FLOAT, candidate);
    }
}
