package dev.foretoken.scheduler.tensor;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How the requests of one graph of tensors are scheduled.
 *
 * @param maxRequestBytes inputs of one request; larger ones are refused with PAYLOAD_TOO_LARGE
 * @param maxAnswerBytes outputs of one run, which are copied for their receivers; larger ones are refused with PAYLOAD_TOO_LARGE
 * @param maxQueuedRequests requests of one tenant accepted and not yet begun, of all tenants at most twice as many; more are refused with QUEUE_FULL
 * @param maxQueuedBytes their inputs together, of all tenants; one tenant's may be half of that, so it is at least that of two requests
 * @param batch what may run together
 * @param sessions streams over caches
 */
public record TensorConfig(
        long maxRequestBytes,
        long maxAnswerBytes,
        int maxQueuedRequests,
        long maxQueuedBytes,
        Batch batch,
        Sessions sessions) {

    /**
     * Limits of a run of several requests. One request that is larger runs alone.
     *
     * @param maxRows along the batch axis
     * @param maxTokens rows times the length of the longest, of a graph with a ragged axis
     * @param maxBytes of its inputs, padding included
     * @param mostPadding share of padding among its tokens
     * @param maxDelay how long the first request waits for others to join; zero: only those that wait anyway are joined
     */
    public record Batch(int maxRows, int maxTokens, long maxBytes, double mostPadding, Duration maxDelay) {

        public static final Batch DEFAULT = new Batch(64, 16_384, 32 << 20, 0.2, Duration.ZERO);

        public Batch {
            requireRange("tensor.max-batch-rows", maxRows, 1, 1 << 16);
            requireRange("tensor.max-batch-tokens", maxTokens, 1, 1 << 28);
            requireRange("tensor.max-batch-bytes", maxBytes, 1, 1L << 34);
            require(
                    mostPadding >= 0 && mostPadding < 1,
                    "tensor.max-padding-share",
                    mostPadding,
                    "at least 0 and below 1");
            requireRange("tensor.max-batch-delay", maxDelay, Duration.ZERO, Duration.ofSeconds(10));
        }

        public Batch withRows(int rows) {
            return new Batch(rows, maxTokens, maxBytes, mostPadding, maxDelay);
        }

        public Batch withDelay(Duration delay) {
            return new Batch(maxRows, maxTokens, maxBytes, mostPadding, delay);
        }
    }

    /**
     * @param most open at a time
     * @param idle a stream without requests for this long is given up
     * @param maxBytes of the caches of one; one that would need more ends with PAYLOAD_TOO_LARGE
     * @param maxBytesTogether of those of all; one that would need more ends with QUEUE_FULL
     */
    public record Sessions(int most, Duration idle, long maxBytes, long maxBytesTogether) {

        public static final Sessions DEFAULT = new Sessions(64, Duration.ofMinutes(1), 256 << 20, 1 << 30);

        public Sessions {
            requireRange("tensor.max-sessions", most, 0, 1 << 20);
            requireRange("tensor.session-idle", idle, Duration.ofMillis(1), Duration.ofDays(1));
            requireRange("tensor.max-session-bytes", maxBytes, 1, 1L << 40);
            requireRange("tensor.session-memory", maxBytesTogether, 1, 1L << 44);
        }

        public Sessions withBytes(long ofOne, long together) {
            return new Sessions(most, idle, ofOne, together);
        }
    }

    public static final TensorConfig DEFAULT =
            new TensorConfig(256 << 20, 256 << 20, 1024, 512 << 20, Batch.DEFAULT, Sessions.DEFAULT);

    public TensorConfig {
        requireRange("tensor.max-request-bytes", maxRequestBytes, 1, 1L << 40);
        requireRange("tensor.max-answer-bytes", maxAnswerBytes, 1, 1L << 30);
        requireRange("tensor.max-queued-requests", maxQueuedRequests, 1, 1 << 20);
        requireRange("tensor.max-queued-bytes", maxQueuedBytes, 2 * maxRequestBytes, 1L << 44);
    }

    public TensorConfig withBatch(Batch value) {
        return new TensorConfig(maxRequestBytes, maxAnswerBytes, maxQueuedRequests, maxQueuedBytes, value, sessions);
    }

    public TensorConfig withSessions(Sessions value) {
        return new TensorConfig(maxRequestBytes, maxAnswerBytes, maxQueuedRequests, maxQueuedBytes, batch, value);
    }

    public TensorConfig withQueue(int requests) {
        return new TensorConfig(maxRequestBytes, maxAnswerBytes, requests, maxQueuedBytes, batch, sessions);
    }

    public TensorConfig withAnswerBytes(long most) {
        return new TensorConfig(maxRequestBytes, most, maxQueuedRequests, maxQueuedBytes, batch, sessions);
    }
}
