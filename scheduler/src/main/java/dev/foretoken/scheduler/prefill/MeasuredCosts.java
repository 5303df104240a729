package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.engine.PrefillCost;

/**
 * What prompts cost by the steps that were.
 *
 * @param stepTokens most tokens of a step
 * @param besideDecode most prompt tokens of one that generates
 */
record MeasuredCosts(StepCosts costs, int stepTokens, int besideDecode) implements PromptCosts {

    @Override
    public PrefillCost at(int generating, long context) {
        return costs.prefill(generating, context, generating > 0 ? besideDecode : stepTokens);
    }
}
