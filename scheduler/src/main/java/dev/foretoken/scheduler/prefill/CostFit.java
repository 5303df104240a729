package dev.foretoken.scheduler.prefill;

import java.util.Arrays;

/**
 * What steps of one network cost: {@code fixed + a * tokens + b * draws + c * attended}, none of them negative, such that the relative errors
 * over all {@link CostBuckets} are least in square. Fitted again after some steps, or one unlike all before, when somebody asks.
 */
final class CostFit {

    private static final int N = CostBuckets.FEATURES;
    /** Fewest and most new steps that are worth another fit; in between a part of those that were seen. */
    private static final int REFIT_AFTER = 8;

    private static final int REFIT_AFTER_MOST = 128;
    private static final double REFIT_PART = 1 / 32.0;
    private static final int SWEEPS = 600;
    /** Keeps what the steps cannot tell apart from running away. */
    private static final double RIDGE = 1e-9;
    /** What is tried first takes the blame for what cannot be told apart: cost by the token is the careful guess. */
    private static final int[] ORDER = {CostBuckets.TOKENS, CostBuckets.DRAWS, 0, CostBuckets.ATTENDED};

    private final CostBuckets buckets = new CostBuckets();
    private final double[] gram = new double[N * N];
    private final double[] moments = new double[N];
    private final double[] units = new double[N];
    private final double[] scaled = new double[N];
    private final double[] costs = new double[N];
    private long fittedAt = -1;
    private int fittedBuckets;

    void add(int tokens, int draws, double attended, double nanos) {
        buckets.add(tokens, draws, attended, nanos);
    }

    long steps() {
        return buckets.steps();
    }

    boolean isSpread() {
        return buckets.isSpread();
    }

    /** Nanoseconds of a step; 0 when none was seen. */
    double nanos(double tokens, double draws, double attended) {
        refresh();
        return costs[0]
                + tokens * costs[CostBuckets.TOKENS]
                + draws * costs[CostBuckets.DRAWS]
                + attended * costs[CostBuckets.ATTENDED];
    }

    private void refresh() {
        long steps = buckets.steps();
        long enough = (long) Math.clamp(REFIT_PART * steps, REFIT_AFTER, REFIT_AFTER_MOST);
        boolean other = buckets.filled() != fittedBuckets;
        if (steps != fittedAt && (other || steps - fittedAt >= enough || steps < 2 * REFIT_AFTER)) {
            fittedAt = steps;
            fittedBuckets = buckets.filled();
            collect();
            solve();
        }
    }

    private void collect() {
        Arrays.fill(gram, 0);
        Arrays.fill(moments, 0);
        for (int bucket = 0; bucket < buckets.buckets(); bucket++) {
            double weight = buckets.weight(bucket);
            if (weight > 0) {
                double nanos = Math.max(1, buckets.nanos(bucket));
                collect(bucket, weight / (nanos * nanos), nanos);
            }
        }
    }

    private void collect(int bucket, double weight, double nanos) {
        for (int i = 0; i < N; i++) {
            double weighted = weight * buckets.feature(bucket, i);
            moments[i] += weighted * nanos;
            for (int j = 0; j < N; j++) {
                gram[i * N + j] += weighted * buckets.feature(bucket, j);
            }
        }
    }

    /** Coordinate descent on the normal equations, each feature in units in which its own square sum is one. */
    private void solve() {
        normalize();
        Arrays.fill(scaled, 0);
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int i : ORDER) {
                scaled[i] = units[i] == 0 ? 0 : Math.max(0, residual(i) / (1 + RIDGE));
            }
        }
        for (int i = 0; i < N; i++) {
            costs[i] = scaled[i] == 0 ? 0 : scaled[i] / units[i];
        }
    }

    private void normalize() {
        for (int i = 0; i < N; i++) {
            units[i] = Math.sqrt(gram[i * N + i]);
        }
        for (int i = 0; i < N; i++) {
            moments[i] = units[i] == 0 ? 0 : moments[i] / units[i];
            for (int j = 0; j < N; j++) {
                double unit = units[i] * units[j];
                gram[i * N + j] = unit == 0 ? 0 : gram[i * N + j] / unit;
            }
        }
    }

    private double residual(int i) {
        double rest = moments[i];
        for (int j = 0; j < N; j++) {
            if (j != i) {
                rest -= gram[i * N + j] * scaled[j];
            }
        }
        return rest;
    }
}
