package dev.foretoken.scheduler.prefill;

/**
 * What runs and waits beside a prompt; prompts of a lower class are not counted, as they wait for it.
 *
 * @param generating running sequences that get one token per step of the base
 * @param generatingContext positions that these look at together
 * @param exactTokens prompt tokens that the base has still to compute for running sequences
 * @param auxiliaryTokens prompt tokens that the auxiliary has still to go through for running sequences
 * @param waiting sequences in the queue behind the prompt
 */
public record PrefillLoad(
        int generating, long generatingContext, long exactTokens, long auxiliaryTokens, int waiting) {}
