package dev.foretoken.contract.engine;

/**
 * What computing prompts costs an engine now, by its own measurements: a straight line through the times of its last steps, and what the steps
 * hold that generate beside.
 *
 * @param nanosPerToken of a prompt token, without what it attends to
 * @param nanosPerPair of a position that a prompt token attends to
 * @param nanosPerStep of a step without its prompt tokens: what it costs by itself and for those who generate in it
 * @param tokensPerStep most prompt tokens of a step, at least 1
 */
public record PrefillCost(double nanosPerToken, double nanosPerPair, double nanosPerStep, int tokensPerStep) {

    /** Nothing was measured yet. */
    public static final PrefillCost NONE = new PrefillCost(0, 0, 0, 1);

    public PrefillCost {
        requireTime("nanosPerToken", nanosPerToken);
        requireTime("nanosPerPair", nanosPerPair);
        requireTime("nanosPerStep", nanosPerStep);
        if (tokensPerStep < 1) {
            throw new IllegalArgumentException("tokensPerStep is " + tokensPerStep + ", must be at least 1");
        }
    }

    public boolean isMeasured() {
        return nanosPerToken > 0 || nanosPerPair > 0 || nanosPerStep > 0;
    }

    private static void requireTime(String name, double nanos) {
        if (!(nanos >= 0) || Double.isInfinite(nanos)) {
            throw new IllegalArgumentException(name + " is " + nanos + ", must be finite and not negative");
        }
    }
}
