package dev.foretoken.routing.policy;

import java.util.Arrays;
import java.util.List;

/** Which candidates can be chosen at all: what is the same under every policy. */
final class Eligible {

    private Eligible() {}

    /** The candidates that can answer now, in order. */
    static int[] ready(RouteFeatures features) {
        List<CandidateFeatures> all = features.candidates();
        int[] ready = new int[all.size()];
        int count = 0;
        for (int i = 0; i < ready.length; i++) {
            if (all.get(i).standing() == Standing.READY) {
                ready[count++] = i;
            }
        }
        return Arrays.copyOf(ready, count);
    }

    /** Where none can answer now: the first of those nearest to it, whose refusal says why; -1 where all were tried. */
    static int lastResort(RouteFeatures features) {
        int best = -1;
        for (int i = 0; i < features.candidates().size(); i++) {
            Standing standing = features.candidates().get(i).standing();
            boolean better = best < 0
                    || standing.compareTo(features.candidates().get(best).standing()) < 0;
            best = standing != Standing.EXCLUDED && better ? i : best;
        }
        return best;
    }
}
