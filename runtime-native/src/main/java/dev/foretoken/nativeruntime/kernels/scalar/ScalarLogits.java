package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.LogitSummary;
import dev.foretoken.nativeruntime.kernels.layout.SampleRequest;
import java.lang.foreign.MemorySegment;

/** Reductions over rows of logits. */
public final class ScalarLogits {
    private ScalarLogits() {}

    public static void summarize(MemorySegment logits, int rows, int vocabulary, LogitSummary out) {
        for (int row = 0; row < rows; row++) {
            long start = (long) row * vocabulary;
            int best = 0;
            float max = Float.NEGATIVE_INFINITY;
            for (int id = 0; id < vocabulary; id++) {
                float value = get(logits, start + id);
                if (value > max) {
                    max = value;
                    best = id;
                }
            }
            double sum = 0;
            for (int id = 0; id < vocabulary; id++) {
                sum += Math.exp(get(logits, start + id) - max);
            }
            out.argmax().set(JAVA_INT_UNALIGNED, 4L * row, best);
            set(out.max(), row, max);
            set(out.logSumExp(), row, (float) (max + Math.log(sum)));
        }
    }

    /** Keeps the k best seen so far in order; an equal value never passes an earlier id. */
    public static void topK(
            MemorySegment logits, int rows, int vocabulary, int k, MemorySegment ids, MemorySegment values) {
        for (int row = 0; row < rows; row++) {
            long start = (long) row * vocabulary;
            long base = (long) row * k;
            for (int id = 0; id < vocabulary; id++) {
                float value = get(logits, start + id);
                insert(ids, values, base, Math.min(id, k), k, id, Float.isNaN(value) ? Float.NEGATIVE_INFINITY : value);
            }
        }
    }

    private static void insert(
            MemorySegment ids, MemorySegment values, long base, int held, int k, int id, float value) {
        int at = held;
        while (at > 0 && get(values, base + at - 1) < value) {
            if (at < k) {
                set(values, base + at, get(values, base + at - 1));
                ids.set(JAVA_INT_UNALIGNED, 4 * (base + at), ids.get(JAVA_INT_UNALIGNED, 4 * (base + at - 1)));
            }
            at--;
        }
        if (at < k) {
            set(values, base + at, value);
            ids.set(JAVA_INT_UNALIGNED, 4 * (base + at), id);
        }
    }

    public static void sample(
            MemorySegment logits, int rows, int vocabulary, MemorySegment max, SampleRequest request) {
        for (int row = 0; row < rows; row++) {
            Draw draw = new Draw(
                    logits,
                    (long) row * vocabulary,
                    get(max, row),
                    get(request.inverseTemperature(), row),
                    get(request.floor(), row));
            int id = draw.id(vocabulary, get(request.uniform(), row));
            request.ids().set(JAVA_INT_UNALIGNED, 4L * row, id);
        }
    }

    private record Draw(MemorySegment logits, long start, float max, float inverseTemperature, float floor) {
        int id(int vocabulary, float uniform) {
            double total = 0;
            for (int id = 0; id < vocabulary; id++) {
                total += weight(id);
            }
            double running = 0;
            int last = 0;
            for (int id = 0; id < vocabulary; id++) {
                double weight = weight(id);
                running += weight;
                if (running > uniform * total) {
                    return id;
                }
                last = weight > 0 ? id : last;
            }
            return last;
        }

        private double weight(int id) {
            float logit = get(logits, start + id);
            return logit >= floor ? Math.exp((logit - max) * inverseTemperature) : 0;
        }
    }

    private static float get(MemorySegment segment, long index) {
        return segment.get(JAVA_FLOAT_UNALIGNED, index << 2);
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.set(JAVA_FLOAT_UNALIGNED, index << 2, value);
    }
}
