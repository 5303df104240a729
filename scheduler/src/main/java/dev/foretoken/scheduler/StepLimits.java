package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;

/**
 * What one step may hold, from configuration and capabilities together.
 *
 * @param sequences most running sequences: as many as leave room for one aligned prompt span beside their generated tokens
 * @param rows most rows of a step: one for each running sequence, and one more for a repair where prompts are predicted
 * @param promptBesideDecode most prompt tokens in a step that also generates
 * @param leastSpan prompt spans are not cut smaller than this for the sake of fairness
 * @param formsDiffer a position's bits depend on where its sequence's prompt ends
 * @param predicts the runtime can fill the base's caches from an auxiliary's
 * @param mixed prompt spans and generated positions may stand in one step
 */
record StepLimits(
        int sequences,
        int rows,
        int tokens,
        int promptBesideDecode,
        int leastSpan,
        int alignment,
        boolean ragged,
        boolean mixed,
        boolean sharing,
        boolean formsDiffer,
        boolean predicts) {

    private static final int LEAST_SPAN = 16;

    static StepLimits of(SchedulerConfig config, Capabilities capabilities, CacheSpec caches) {
        int tokens = Math.min(config.maxTokensPerStep(), capabilities.maxTokens());
        int alignment = caches.alignment();
        if (tokens < alignment) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "scheduler.max-tokens-per-step=" + tokens + ", this model needs at least " + alignment);
        }
        int rows = Math.min(config.maxRunningSequences(), capabilities.maxRows());
        boolean ragged = capabilities.has(Feature.RAGGED_ROWS);
        int sequences = Math.min(rows, Math.max(1, tokens - alignment));
        boolean predicts = capabilities.has(Feature.PREDICTION);
        return new StepLimits(
                sequences,
                Math.min(predicts ? sequences + 1 : sequences, Math.min(tokens, capabilities.maxRows())),
                tokens,
                Math.max(config.promptTokensBesideDecode(), alignment),
                Math.max(LEAST_SPAN, alignment),
                alignment,
                ragged,
                ragged && capabilities.has(Feature.MIXED_SPANS),
                capabilities.has(Feature.PREFIX_SHARING),
                caches.formsDiffer(),
                predicts);
    }

    /**
     * Tokens of {@code sequence} that fit next into {@code room} without breaking the alignment or crossing the place of a checkpoint; 0 when
     * none do.
     */
    int span(Sequence sequence, int room) {
        int start = sequence.scheduled;
        int end = start + Math.min(room, sequence.remaining());
        int prompt = sequence.promptTokens();
        if (alignment > 1 && start < prompt) {
            end = end >= prompt ? prompt : end - end % alignment;
        }
        if (start < sequence.states.next) {
            end = Math.min(end, sequence.states.next);
        }
        Prediction prediction = sequence.prediction;
        if (prediction != null) {
            end = Math.min(end, prediction.spanEnd(start));
        }
        return Math.max(0, end - start);
    }

    /** What lies before this position of {@code sequence} is bit for bit what any longer prompt has there. */
    int sharable(Sequence sequence) {
        if (sequence.prediction != null) {
            return sequence.prediction.sharable();
        }
        int prompt = sequence.promptTokens();
        return formsDiffer ? prompt - prompt % alignment : Integer.MAX_VALUE;
    }
}
