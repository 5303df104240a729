package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.exec.ActivationTap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much runs of sublayers change the hidden vectors: the mean over all tokens of {@code 1 - cosine(before, after)} (He 2024; of whole blocks,
 * Men 2024). 0 is a run that does nothing.
 */
final class Influence implements ActivationTap {

    /**
     * Consecutive sublayers.
     *
     * @param first their first one
     * @param end one past their last one
     */
    record Run(int first, int end) {}

    private final List<Run> runs;
    private final int width;
    private final double[] sums;
    private final Map<Integer, float[]> before = new HashMap<>();
    private long tokens;

    Influence(List<Run> runs, int width) {
        this.runs = List.copyOf(runs);
        this.width = width;
        this.sums = new double[runs.size()];
    }

    @Override
    public void hidden(int sublayers, Rows rows) {
        float[] now = rows.toArray();
        if (sublayers == 0) {
            tokens += rows.count();
        }
        for (int i = 0; i < sums.length; i++) {
            if (runs.get(i).end == sublayers) {
                float[] start = before.get(runs.get(i).first);
                for (int first = 0; first < now.length; first += width) {
                    sums[i] += 1 - Likeness.cosine(start, first, now, first, width);
                }
            }
        }
        before.put(sublayers, now);
    }

    /** One of each run. */
    double[] scores() {
        double[] scores = new double[sums.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = sums[i] / tokens;
        }
        return scores;
    }
}
