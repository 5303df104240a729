package dev.foretoken.contract.engine;

/**
 * What an engine has still to do before a new prompt is next.
 *
 * @param queuedTokens prompt tokens of those who wait; what is found cached of them is not known before they are admitted
 * @param runningTokens prompt tokens still to compute of those who run
 * @param attendedPairs positions that all these tokens attend to
 * @param nanosPerPlace average time between two sequences that end, lately, while others waited; 0 where nobody has to wait for a place
 */
public record PromptWork(long queuedTokens, long runningTokens, double attendedPairs, double nanosPerPlace) {

    public static final PromptWork NONE = new PromptWork(0, 0, 0, 0);

    public PromptWork {
        if (queuedTokens < 0 || runningTokens < 0 || !isAmount(attendedPairs) || !isAmount(nanosPerPlace)) {
            throw new IllegalArgumentException("work is " + queuedTokens + ", " + runningTokens + ", " + attendedPairs
                    + ", " + nanosPerPlace + ", must be finite and not negative");
        }
    }

    public long tokens() {
        return queuedTokens + runningTokens;
    }

    /** The same with what places take. */
    public PromptWork withPlaces(double nanos) {
        return new PromptWork(queuedTokens, runningTokens, attendedPairs, nanos);
    }

    private static boolean isAmount(double value) {
        return value >= 0 && !Double.isInfinite(value);
    }
}
