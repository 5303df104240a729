package dev.foretoken.routing.cost;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;

/**
 * Time that prompt tokens take an engine: what each costs by itself, what it costs to attend to those before it, and the steps of those who
 * generate meanwhile.
 */
public final class FirstTokenEstimate {

    private FirstTokenEstimate() {}

    /**
     * Nanoseconds for a prompt of which {@code cachedTokens} are held, at least a step's. The last token is computed even where all are held; 0 for
     * none at all.
     */
    public static double promptNanos(PrefillCost cost, int promptTokens, int cachedTokens) {
        int own = Math.max(Math.min(1, promptTokens), promptTokens - cachedTokens);
        double steps = Math.max(Math.min(1, own), (double) own / cost.tokensPerStep());
        return parts(cost, own, attended(promptTokens - own, own), steps);
    }

    /**
     * Nanoseconds for {@code tokens} that attend to {@code pairs} positions altogether. A part of a step counts as that part: prompts of several
     * requests share steps.
     */
    public static double nanos(PrefillCost cost, double tokens, double pairs) {
        return parts(cost, tokens, pairs, tokens / cost.tokensPerStep());
    }

    /** Nanoseconds until a new prompt is next at an engine that says this of its work: computed, and where that is full a place is free. */
    public static double aheadNanos(PromptWork work, PrefillCost cost, int waiting) {
        double computed = nanos(cost, work.tokens(), work.attendedPairs());
        double places = work.nanosPerPlace() > 0 ? (waiting + 1) * work.nanosPerPlace() : 0;
        return Math.max(computed, places);
    }

    private static double parts(PrefillCost cost, double tokens, double pairs, double steps) {
        return tokens * cost.nanosPerToken() + pairs * cost.nanosPerPair() + steps * cost.nanosPerStep();
    }

    /** Positions that {@code tokens} after the first {@code before} attend to, each to itself too. */
    public static double attended(double before, double tokens) {
        return tokens * before + tokens * (tokens + 1) / 2;
    }
}
