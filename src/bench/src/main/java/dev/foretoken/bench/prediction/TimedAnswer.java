package dev.foretoken.bench.prediction;

import dev.foretoken.contract.engine.PrefillUsage;

/**
 * One answer and when its tokens came.
 *
 * @param submitted in nanoseconds, as {@code at}
 * @param at of each token
 */
record TimedAnswer(long submitted, int[] tokens, long[] at, PrefillUsage prefill) {

    double ttftSeconds() {
        return (at[0] - submitted) / 1e9;
    }

    /** Mean time per token from token {@code from} to token {@code to}. */
    double tpotSeconds(int from, int to) {
        return (at[to] - at[from]) / 1e9 / (to - from);
    }

    /** Longest time between two tokens from token {@code from} to token {@code to}. */
    double longestGapSeconds(int from, int to) {
        long longest = 0;
        for (int i = from + 1; i <= to; i++) {
            longest = Math.max(longest, at[i] - at[i - 1]);
        }
        return longest / 1e9;
    }
}
