package dev.foretoken.sampling;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Passes over a row of logits, each by its definition: the oracle of faster ones. A look-up reads the whole row again. */
public final class PlainLogitPasses implements LogitPasses {

    @Override
    public void summarize(
            MemorySegment logits,
            int vocabulary,
            @Nullable MemorySegment mask,
            float inverseTemperature,
            boolean normalise,
            LogitSummary out) {
        if (mask != null) {
            refuse(logits, vocabulary, mask);
        }
        for (int block = 0; block < LogitSummary.blocks(vocabulary); block++) {
            int best = argmax(logits, block * LogitSummary.BLOCK, LogitSummary.BLOCK, vocabulary);
            set(out.blockMaxima(), block, number(get(logits, best)));
        }
        for (int chunk = 0; chunk < LogitSummary.chunks(vocabulary); chunk++) {
            int first = chunk * LogitSummary.CHUNK;
            int end = Math.min(first + LogitSummary.CHUNK, vocabulary);
            float max = number(get(logits, argmax(logits, first, LogitSummary.CHUNK, vocabulary)));
            set(out.chunks(), 2L * chunk, max);
            set(out.chunks(), 2L * chunk + 1, (float) mass(logits, first, end, max, inverseTemperature));
        }
        int best = argmax(logits, 0, vocabulary, vocabulary);
        float max = number(get(logits, best));
        out.argmax().set(JAVA_INT_UNALIGNED, 0, best);
        set(out.max(), 0, max);
        if (normalise) {
            set(out.logSumExp(), 0, (float) (max + Math.log(exponentials(logits, vocabulary, max))));
        }
        out.mass().set(JAVA_DOUBLE_UNALIGNED, 0, mass(logits, 0, vocabulary, max, inverseTemperature));
    }

    private static void refuse(MemorySegment logits, int vocabulary, MemorySegment mask) {
        for (int id = 0; id < vocabulary; id++) {
            long word = mask.get(JAVA_LONG_UNALIGNED, (long) id / Long.SIZE * Long.BYTES);
            if ((word >>> (id % Long.SIZE) & 1) == 0) {
                set(logits, id, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** The first id where nothing is larger than negative infinity. */
    private static int argmax(MemorySegment logits, int first, int count, int vocabulary) {
        int best = first;
        float max = Float.NEGATIVE_INFINITY;
        for (int id = first; id < Math.min(first + count, vocabulary); id++) {
            float value = get(logits, id);
            if (value > max) {
                max = value;
                best = id;
            }
        }
        return best;
    }

    private static double exponentials(MemorySegment logits, int vocabulary, float max) {
        double sum = 0;
        for (int id = 0; id < vocabulary; id++) {
            sum += Math.exp(get(logits, id) - max);
        }
        return sum;
    }

    private static double mass(MemorySegment logits, int first, int end, float max, float inverseTemperature) {
        double sum = 0;
        for (int id = first; id < end && inverseTemperature != 0; id++) {
            float logit = get(logits, id);
            // neither NaN nor negative infinity, which relative to itself is none
            sum += logit > Float.NEGATIVE_INFINITY ? Math.exp((logit - max) * inverseTemperature) : 0;
        }
        return sum;
    }

    /** Keeps the k best seen so far in order; an equal value never passes an earlier id. */
    @Override
    public void topK(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            int k,
            MemorySegment ids,
            MemorySegment values) {
        for (int id = 0; id < vocabulary; id++) {
            insert(ids, values, Math.min(id, k), k, id, number(get(logits, id)));
        }
    }

    private static void insert(MemorySegment ids, MemorySegment values, int held, int k, int id, float value) {
        int at = held;
        while (at > 0 && get(values, at - 1) < value) {
            if (at < k) {
                set(values, at, get(values, at - 1));
                ids.set(JAVA_INT_UNALIGNED, 4L * at, ids.get(JAVA_INT_UNALIGNED, 4L * (at - 1)));
            }
            at--;
        }
        if (at < k) {
            set(values, at, value);
            ids.set(JAVA_INT_UNALIGNED, 4L * at, id);
        }
    }

    @Override
    public int sample(
            MemorySegment logits,
            int vocabulary,
            LogitSummary summary,
            float inverseTemperature,
            float floor,
            float uniform) {
        float max = number(get(logits, argmax(logits, 0, vocabulary, vocabulary)));
        return new Draw(logits, max, inverseTemperature, floor).id(vocabulary, uniform);
    }

    private record Draw(MemorySegment logits, float max, float inverseTemperature, float floor) {
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
            float logit = get(logits, id);
            return logit >= floor ? Math.exp((logit - max) * inverseTemperature) : 0;
        }
    }

    private static float number(float value) {
        return Float.isNaN(value) ? Float.NEGATIVE_INFINITY : value;
    }

    private static float get(MemorySegment segment, long index) {
        return segment.get(JAVA_FLOAT_UNALIGNED, index << 2);
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.set(JAVA_FLOAT_UNALIGNED, index << 2, value);
    }
}
