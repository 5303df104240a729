package dev.foretoken.scheduler;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * How one variant's sequences are scheduled.
 *
 * @param maxRunningSequences sequences in the running set
 * @param maxTokensPerStep tokens of one step over all rows
 * @param promptTokensBesideDecode prompt tokens in a step that also generates: bounds the time between two tokens of a running sequence
 * @param maxQueuedSequences sequences of one tenant accepted and not yet running, of all tenants at most twice as many; more are refused with
 *     QUEUE_FULL
 * @param maxFailedSteps steps that may fail one after the other before the variant is given up
 * @param prefixes what is kept and found again
 * @param speculation how far sequences are drafted ahead
 */
public record SchedulerConfig(
        int maxRunningSequences,
        int maxTokensPerStep,
        int promptTokensBesideDecode,
        int maxQueuedSequences,
        int maxFailedSteps,
        PrefixCacheConfig prefixes,
        SpeculationConfig speculation) {

    public static final SchedulerConfig DEFAULT = new SchedulerConfig(64, 512, 128, 1024, true, 3);

    public SchedulerConfig {
        requireRange("scheduler.max-running-sequences", maxRunningSequences, 1, 4096);
        requireRange("scheduler.max-tokens-per-step", maxTokensPerStep, maxRunningSequences, 1 << 20);
        requireRange("scheduler.prompt-tokens-beside-decode", promptTokensBesideDecode, 1, maxTokensPerStep);
        requireRange("scheduler.max-queued-sequences", maxQueuedSequences, 1, 1 << 20);
        requireRange("scheduler.max-failed-steps", maxFailedSteps, 1, 1000);
    }

    /** Without speculation. */
    public SchedulerConfig(
            int maxRunningSequences,
            int maxTokensPerStep,
            int promptTokensBesideDecode,
            int maxQueuedSequences,
            boolean prefixCache,
            int maxFailedSteps) {
        this(
                maxRunningSequences,
                maxTokensPerStep,
                promptTokensBesideDecode,
                maxQueuedSequences,
                maxFailedSteps,
                PrefixCacheConfig.of(prefixCache),
                SpeculationConfig.OFF);
    }

    /** Whether blocks and states are kept and found again. */
    public boolean prefixCache() {
        return prefixes.enabled();
    }

    public SchedulerConfig withPrefixes(PrefixCacheConfig value) {
        return new SchedulerConfig(
                maxRunningSequences,
                maxTokensPerStep,
                promptTokensBesideDecode,
                maxQueuedSequences,
                maxFailedSteps,
                value,
                speculation);
    }

    public SchedulerConfig withSpeculation(SpeculationConfig value) {
        return new SchedulerConfig(
                maxRunningSequences,
                maxTokensPerStep,
                promptTokensBesideDecode,
                maxQueuedSequences,
                maxFailedSteps,
                prefixes,
                value);
    }
}
