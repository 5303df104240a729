package dev.foretoken.scheduler.prefill;

/** Says how many tokens a repair may compute beside generated ones, so that a step takes at most twice as long as without. */
@FunctionalInterface
public interface RepairBudget {

    /** About what a step that reads all weights for one token can compute beside it in the same time on a few cores. */
    int UNMEASURED_TOKENS = 8;

    /**
     * @param generating rows of the step that generate
     * @param generatingContext positions that these look at together
     * @param from position at which the repair goes on
     * @return tokens; fewer than 2 = no repair in this step
     */
    int tokens(int generating, long generatingContext, int from);

    /** The same at any time. */
    static RepairBudget ofTokens(int tokens) {
        return (generating, context, from) -> tokens;
    }
}
