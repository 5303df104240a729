package dev.foretoken.scheduler.tensor;

/**
 * What runs cost: {@code fixed + rate * tokens}, fitted to the last few dozen by least squares. It says how much padding one run less is worth.
 * Loop thread only, but {@link #nanosPerToken}.
 */
final class RunCost {

    private static final double KEEP = 0.97;
    /** What a run costs beside its tokens, in tokens, until runs of different sizes were seen. */
    private static final double GUESS = 32;
    /** Runs whose sizes vary less than this, in squares of their mean, do not tell. */
    private static final double LEAST_SPREAD = 0.01;

    private static final double MOST = 1 << 16;

    private double count;
    private double tokens;
    private double nanos;
    private double squares;
    private double products;
    private volatile double nanosPerToken;

    /** {@code computed}: tokens, padding included. */
    void add(double computed, double time) {
        count = KEEP * count + 1;
        tokens = KEEP * tokens + computed;
        nanos = KEEP * nanos + time;
        squares = KEEP * squares + computed * computed;
        products = KEEP * products + computed * time;
        nanosPerToken = nanos / tokens;
    }

    /** The fixed part, as the number of tokens that take as long. */
    double fixedTokens() {
        if (count == 0) {
            return GUESS;
        }
        double mean = tokens / count;
        double variance = squares / count - mean * mean;
        if (variance < LEAST_SPREAD * mean * mean) {
            return GUESS;
        }
        double rate = (products / count - mean * nanos / count) / variance;
        if (rate <= 0) {
            return MOST; // larger runs take no longer: one run less is worth any padding
        }
        return Math.clamp((nanos / count - rate * mean) / rate, 0, MOST);
    }

    /** Of the last runs on average, their fixed parts included; 0 before the first. Any thread. */
    double nanosPerToken() {
        return nanosPerToken;
    }
}
