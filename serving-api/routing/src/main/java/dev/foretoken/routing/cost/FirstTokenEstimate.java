package dev.foretoken.routing.cost;

import dev.foretoken.contract.engine.PrefillCost;

/**
 * Time that prompt tokens take an engine: what each costs by itself, what it costs to attend to those before it, and the steps of those who
 * generate meanwhile.
 */
public final class FirstTokenEstimate {

    private FirstTokenEstimate() {}

    /** Nanoseconds for a prompt of which {@code cachedTokens} are held. The last token is computed even where all are. */
    public static double promptNanos(PrefillCost cost, int promptTokens, int cachedTokens) {
        int own = Math.max(Math.min(1, promptTokens), promptTokens - cachedTokens);
        return nanos(cost, own, attended(promptTokens - own, own));
    }

    /**
     * Nanoseconds for {@code tokens} that attend to {@code pairs} positions altogether. A part of a step counts as that part: prompts of several
     * requests share steps.
     */
    public static double nanos(PrefillCost cost, double tokens, double pairs) {
        return tokens * cost.nanosPerToken()
                + pairs * cost.nanosPerPair()
                + tokens / cost.tokensPerStep() * cost.nanosPerStep();
    }

    /** Positions that {@code tokens} after the first {@code before} attend to, each to itself too. */
    public static double attended(double before, double tokens) {
        return tokens * before + tokens * (tokens + 1) / 2;
    }
}
