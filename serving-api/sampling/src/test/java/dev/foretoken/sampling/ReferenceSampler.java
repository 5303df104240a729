package dev.foretoken.sampling;

import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Sampling as the contract describes it, in double precision and without a thought for speed: the oracle. */
final class ReferenceSampler {

    private ReferenceSampler() {}

    /** Logits after bias, penalties, suppression and mask. */
    static double[] edited(float[] logits, SequenceView sequence, int position) {
        double[] edited =
                IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).toArray();
        SamplingParams params = sequence.sampling();
        for (int i = 0; i < params.bias().values().length; i++) {
            edited[params.bias().ids().get(i)] += params.bias().values()[i];
        }
        for (int id = 0; id < edited.length; id++) {
            edited[id] = penalised(edited[id], id, sequence, position);
        }
        sequence.suppressed().stream().forEach(id -> edited[id] = Double.NEGATIVE_INFINITY);
        for (int id = 0; id < edited.length; id++) {
            if (!admitted(sequence, id)) {
                edited[id] = Double.NEGATIVE_INFINITY;
            }
        }
        return edited;
    }

    private static boolean admitted(SequenceView sequence, int id) {
        var mask = sequence.tokenMask();
        return mask == null || (mask.getAtIndex(ValueLayout.JAVA_LONG, id / 64) >>> (id % 64) & 1) == 1;
    }

    private static double penalised(double logit, int id, SequenceView sequence, int position) {
        int all = 0;
        int generated = 0;
        for (int i = 0; i < position; i++) {
            if (sequence.tokenAt(i) == id) {
                all++;
                generated += i >= sequence.promptTokens() ? 1 : 0;
            }
        }
        var penalties = sequence.sampling().penalties();
        double changed = logit;
        if (all > 0) {
            changed = logit > 0 ? logit / penalties.repetition() : logit * penalties.repetition();
        }
        changed -= generated * (double) penalties.frequency();
        return generated > 0 ? changed - penalties.presence() : changed;
    }

    /** Probability of every token. */
    static double[] probabilities(double[] logits, SamplingParams params) {
        double max = Arrays.stream(logits).max().orElseThrow();
        double[] weights = Arrays.stream(logits)
                .map(logit -> Math.exp((logit - max) / params.temperature()))
                .toArray();
        Integer[] order = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble((Integer id) -> -logits[id]));
        if (params.topK() > 0 && params.topK() < logits.length) {
            double last = logits[order[params.topK() - 1]];
            keep(weights, logits, last);
        }
        if (params.topP() < 1) {
            keep(weights, logits, nucleusEnd(weights, logits, order, params.topP()));
        }
        for (int id = 0; id < weights.length; id++) {
            weights[id] = weights[id] < params.minP() ? 0 : weights[id];
        }
        double total = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / total).toArray();
    }

    private static double nucleusEnd(double[] weights, double[] logits, @Nullable Integer[] order, double share) {
        double total = Arrays.stream(weights).sum();
        double sum = 0;
        for (Integer id : order) {
            sum += weights[id];
            if (sum >= share * total) {
                return logits[id];
            }
        }
        return Double.NEGATIVE_INFINITY;
    }

    private static void keep(double[] weights, double[] logits, double floor) {
        for (int id = 0; id < weights.length; id++) {
            weights[id] = logits[id] < floor ? 0 : weights[id];
        }
    }
}
