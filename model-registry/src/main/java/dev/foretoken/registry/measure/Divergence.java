package dev.foretoken.registry.measure;

import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.HashMap;
import java.util.Map;

/**
 * Compares next-token distributions position by position with those of a reference.
 *
 * <p>Kullback-Leibler divergence, reference first, in nats, over the tokens that the reference lists and one more outcome for all the others
 * together: putting outcomes together can only make it smaller, and what the reference gives to unlisted tokens bounds by how much. A listed
 * token that the compared distribution does not list counts as one of the others.
 */
public final class Divergence {

    private double nats;
    private long positions;
    private long agreements;

    /** Adds one position; both list their most likely tokens first. */
    public void add(TokenLogprobs reference, TokenLogprobs compared) {
        positions++;
        agreements += reference.topIds()[0] == compared.topIds()[0] ? 1 : 0;
        nats += between(reference, compared);
    }

    private static double between(TokenLogprobs reference, TokenLogprobs compared) {
        Map<Integer, Float> listed = new HashMap<>();
        for (int i = 0; i < compared.topIds().length; i++) {
            listed.put(compared.topIds()[i], compared.topLogprobs()[i]);
        }
        double sum = 0;
        double p = 0;
        double q = 0;
        for (int i = 0; i < reference.topIds().length; i++) {
            Float other = listed.get(reference.topIds()[i]);
            if (other != null) {
                double own = reference.topLogprobs()[i];
                sum += Math.exp(own) * (own - other);
                p += Math.exp(own);
                q += Math.exp(other);
            }
        }
        return Math.max(0, sum + ofOthers(1 - p, 1 - q));
    }

    /** Below 1e-6 the shares are rounding errors of sums in fp32. */
    private static double ofOthers(double p, double q) {
        return p < 1e-6 || q < 1e-6 ? 0 : p * Math.log(p / q);
    }

    /** Nats per position. */
    public double mean() {
        return positions == 0 ? 0 : nats / positions;
    }

    /** Share of positions at which both find the same token most likely. */
    public double agreement() {
        return positions == 0 ? 0 : (double) agreements / positions;
    }
}
