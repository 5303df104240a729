package dev.foretoken.batch.kafka;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.batch.flight.AsideConfig;
import java.time.Duration;

/**
 * How much a worker holds at a time, and for how long.
 *
 * @param pollRecords read at once, and ordered by their prefixes before they run
 * @param heldRequests most requests between being read and being answered in a committed transaction
 * @param heldBytes most bytes of their records and answers
 * @param answerBytes of the longest answer's record; a longer one becomes an error. Brokers take 1 MiB unless they are told otherwise
 * @param metadataBytes most bytes of metadata that the broker keeps with an offset ({@code offset.metadata.max.bytes})
 * @param transactionAnswers as many answers end a transaction at once
 * @param transactionDelay how long an answer waits for others of the same transaction
 * @param rememberedIds ids of answered requests that are known, at least, divided among the partitions that the worker has; 64 bytes each
 * @param rememberedFor how long the topic of answered ids keeps them
 * @param longestWait how long a request without a deadline may wait for its model or for its tenant's share, before its error is its answer
 * @param crowdedWait the same, while such requests take more than half of what may be held, and those of its tenant and model no less than others
 * @param drain how long requests may go on when the worker is closed
 */
public record WorkerLimits(
        int pollRecords,
        int heldRequests,
        long heldBytes,
        int answerBytes,
        int metadataBytes,
        int transactionAnswers,
        Duration transactionDelay,
        int rememberedIds,
        Duration rememberedFor,
        Duration longestWait,
        Duration crowdedWait,
        Duration drain) {

    private static final long MEBIBYTE = 1 << 20;

    public static final WorkerLimits DEFAULTS = new WorkerLimits(
            500,
            4096,
            128 * MEBIBYTE,
            1_000_000,
            4096,
            1000,
            Duration.ofMillis(100),
            1_000_000,
            Duration.ofDays(7),
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ofSeconds(20));

    public WorkerLimits {
        requireRange("batch.poll-records", pollRecords, 1, 100_000);
        requireRange("batch.held-requests", heldRequests, 1, 1_000_000);
        requireRange("batch.held-bytes", heldBytes, MEBIBYTE, 1L << 40);
        requireRange("batch.answer-bytes", answerBytes, 1024, 1 << 30);
        requireRange("batch.metadata-bytes", metadataBytes, 64, 1 << 20);
        requireRange("batch.transaction-answers", transactionAnswers, 1, 1_000_000);
        requireRange("batch.transaction-delay", transactionDelay, Duration.ZERO, Duration.ofSeconds(10));
        requireRange("batch.remembered-ids", rememberedIds, 1, 1 << 28);
        requireRange("batch.remembered-for", rememberedFor, Duration.ofMinutes(1), Duration.ofDays(365));
        new AsideConfig(heldRequests, heldBytes, longestWait, crowdedWait); // checks them
        requireRange("batch.drain", drain, Duration.ZERO, Duration.ofHours(1));
    }

    /** The same, with another {@link #drain}. */
    public WorkerLimits draining(Duration time) {
        return new WorkerLimits(
                pollRecords,
                heldRequests,
                heldBytes,
                answerBytes,
                metadataBytes,
                transactionAnswers,
                transactionDelay,
                rememberedIds,
                rememberedFor,
                longestWait,
                crowdedWait,
                time);
    }

    /** The same, with another {@link #longestWait} and {@link #crowdedWait}. */
    public WorkerLimits waiting(Duration longest, Duration crowded) {
        return new WorkerLimits(
                pollRecords,
                heldRequests,
                heldBytes,
                answerBytes,
                metadataBytes,
                transactionAnswers,
                transactionDelay,
                rememberedIds,
                rememberedFor,
                longest,
                crowded,
                drain);
    }

    /** How long what waits aside may. */
    AsideConfig aside() {
        return new AsideConfig(heldRequests, heldBytes, longestWait, crowdedWait);
    }
}
