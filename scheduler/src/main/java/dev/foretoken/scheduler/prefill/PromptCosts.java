package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.engine.PrefillCost;

/** Says what computing prompts costs a variant, to those who choose between engines. */
@FunctionalInterface
public interface PromptCosts {

    PromptCosts UNMEASURED = (generating, context) -> PrefillCost.NONE;

    /** While {@code generating} sequences get a token in every step and look at {@code context} positions together. */
    PrefillCost at(int generating, long context);
}
