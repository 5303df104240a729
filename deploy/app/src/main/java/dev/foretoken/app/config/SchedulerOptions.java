package dev.foretoken.app.config;

import dev.foretoken.scheduler.PrefixCacheConfig;
import dev.foretoken.scheduler.SchedulerConfig;
import picocli.CommandLine.Option;

/** How many requests a server computes at once, and how much of each. Named as in the messages that refuse them. */
public final class SchedulerOptions {

    private static final SchedulerConfig DEFAULT = SchedulerConfig.DEFAULT;

    @Option(
            names = "--max-running-sequences",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_RUNNING_SEQUENCES:-0}",
            description = "Most sequences that are computed at once, per model; 0 = 64.")
    int maxRunningSequences;

    @Option(
            names = "--max-tokens-per-step",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_TOKENS_PER_STEP:-0}",
            description = "Most tokens of one step over all its rows; 0 = 512.")
    int maxTokensPerStep;

    @Option(
            names = "--prompt-tokens-beside-decode",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_PROMPT_TOKENS_BESIDE_DECODE:-0}",
            description =
                    "Most prompt tokens in a step that also generates: fewer = steadier streams, more = earlier first tokens; 0 = 128.")
    int promptTokensBesideDecode;

    @Option(
            names = "--max-queued-sequences",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_QUEUED_SEQUENCES:-0}",
            description =
                    "Most sequences of one tenant that wait, per model; more are refused with 429, and twice as many of all tenants. 0 = 1024.")
    int maxQueuedSequences;

    @Option(
            names = "--no-prefix-cache",
            defaultValue = "${env:FORETOKEN_NO_PREFIX_CACHE:-false}",
            description = "Compute every prompt from its start.")
    boolean noPrefixCache;

    @Option(
            names = "--checkpoint-bytes",
            paramLabel = "SIZE",
            defaultValue = "${env:FORETOKEN_CHECKPOINT_BYTES:-0}",
            converter = ByteSize.class,
            description =
                    "Part of a model's cache for copies of recurrent states (state-space models and hybrids), from which prompts that begin alike go on; 0 = a quarter.")
    long checkpointBytes;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "TOKENS",
            defaultValue = "${env:FORETOKEN_CHECKPOINT_INTERVAL:-1024}",
            description =
                    "Copy recurrent states every so many tokens of a prompt, beside its end and where prompts part; 0 = only there. Default: 1024.")
    int checkpointInterval;

    @Option(
            names = "--cache-bytes",
            paramLabel = "SIZE",
            defaultValue = "${env:FORETOKEN_CACHE_BYTES:-0}",
            converter = ByteSize.class,
            description = "KV cache of each model, e.g. 2g; 0 = what its running sequences need, within --memory.")
    long cacheBytes;

    /** Sequences raise the tokens of a step, and tokens of a step bound the prompt's part, where these were not given themselves. */
    SchedulerConfig config() {
        int sequences = or(maxRunningSequences, DEFAULT.maxRunningSequences());
        int tokens = or(maxTokensPerStep, Math.max(DEFAULT.maxTokensPerStep(), sequences));
        return new SchedulerConfig(
                        sequences,
                        tokens,
                        or(promptTokensBesideDecode, Math.min(DEFAULT.promptTokensBesideDecode(), Math.max(1, tokens))),
                        or(maxQueuedSequences, DEFAULT.maxQueuedSequences()),
                        !noPrefixCache,
                        DEFAULT.maxFailedSteps())
                .withPrefixes(new PrefixCacheConfig(
                        !noPrefixCache,
                        checkpointBytes,
                        checkpointInterval,
                        PrefixCacheConfig.DEFAULT.leastCheckpointTokens()));
    }

    private static int or(int given, int fallback) {
        return given == 0 ? fallback : given;
    }
}
