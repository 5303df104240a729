package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.Ending;
import dev.foretoken.bench.client.TokenTimes;
import dev.foretoken.bench.client.Usage;
import org.jspecify.annotations.Nullable;

/**
 * One request and what came of it. Times are nanoseconds after the start of the run.
 *
 * @param dueNanos when the schedule wanted it sent; equals {@code sentNanos} in a closed loop
 * @param tokens on the clock of the run whose zero is {@code originNanos}
 */
record CallRecord(
        int index,
        Intent intent,
        long originNanos,
        long dueNanos,
        long sentNanos,
        long endNanos,
        TokenTimes tokens,
        Ending ending,
        int resends) {

    /** Whether the answer counts in latencies: wanted whole, came whole, with at least one token. */
    boolean succeeded() {
        return intent instanceof Intent.Whole && ending instanceof Ending.Completed && tokens.total() > 0;
    }

    @Nullable
    Usage usage() {
        return ending instanceof Ending.Completed completed ? completed.usage() : null;
    }

    /** Output tokens as the server counts them, or as the client does where the server does not say. */
    long outputTokens() {
        Usage usage = usage();
        return usage == null ? tokens.total() : usage.completionTokens();
    }

    /** From sending to the first non-empty token. */
    double ttftSeconds() {
        return (tokens.nanosAt(0) - originNanos - sentNanos) / 1e9;
    }

    /** Mean time per token after the first; 0 for a single token. */
    double tpotSeconds() {
        long further = outputTokens() - 1;
        return further <= 0 ? 0 : (e2eSeconds() - ttftSeconds()) / further;
    }

    double e2eSeconds() {
        return (endNanos - sentNanos) / 1e9;
    }
}
