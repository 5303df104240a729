package dev.foretoken.app.config;

import dev.foretoken.scheduler.tensor.TensorConfig;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Which requests of a graph run together, and how many may wait. Named as in the messages that refuse them. */
public final class BatchOptions {

    private static final TensorConfig DEFAULT = TensorConfig.DEFAULT;

    @Option(
            names = "--max-batch-rows",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_BATCH_ROWS:-64}",
            description = "Most rows of one run of a graph that several requests share. Default: ${DEFAULT-VALUE}.")
    int maxBatchRows = DEFAULT.batch().maxRows();

    @Option(
            names = "--max-batch-delay",
            paramLabel = "MILLIS",
            defaultValue = "${env:FORETOKEN_MAX_BATCH_DELAY:-0}",
            description =
                    "How long a request of a graph waits for others to share its run; 0 = only those that wait anyway share one. Default: ${DEFAULT-VALUE}.")
    int maxBatchDelay;

    @Option(
            names = "--max-queued-requests",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_QUEUED_REQUESTS:-1024}",
            description =
                    "Most requests of one tenant that wait, per graph; more are refused with 429, and twice as many of all tenants. Default: ${DEFAULT-VALUE}.")
    int maxQueuedRequests = DEFAULT.maxQueuedRequests();

    @Option(
            names = "--max-answer-bytes",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            defaultValue = "${env:FORETOKEN_MAX_ANSWER_BYTES:-256m}",
            description =
                    "Outputs of one run of a graph together, at most 1g; a request for more is refused with 413. Default: ${DEFAULT-VALUE}.")
    long maxAnswerBytes = DEFAULT.maxAnswerBytes();

    @Option(
            names = "--max-sessions",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_SESSIONS:-64}",
            description =
                    "Most streams over the caches of one graph that are open at a time. Default: ${DEFAULT-VALUE}.")
    int maxSessions = DEFAULT.sessions().most();

    @Option(
            names = "--session-idle",
            paramLabel = "SECONDS",
            defaultValue = "${env:FORETOKEN_SESSION_IDLE:-60}",
            description = "A stream without requests for this long is given up. Default: ${DEFAULT-VALUE}.")
    int sessionIdle = (int) DEFAULT.sessions().idle().toSeconds();

    @Option(
            names = "--max-session-bytes",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            defaultValue = "${env:FORETOKEN_MAX_SESSION_BYTES:-256m}",
            description = "Caches of one stream; one that would need more ends with 413. Default: ${DEFAULT-VALUE}.")
    long maxSessionBytes = DEFAULT.sessions().maxBytes();

    @Option(
            names = "--session-memory",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            defaultValue = "${env:FORETOKEN_SESSION_MEMORY:-1g}",
            description =
                    "Caches of all open streams of one graph together, which count in --memory; one that would need more ends with 429. Default: ${DEFAULT-VALUE}.")
    long sessionMemory = DEFAULT.sessions().maxBytesTogether();

    TensorConfig config() {
        return DEFAULT.withQueue(maxQueuedRequests)
                .withAnswerBytes(maxAnswerBytes)
                .withBatch(DEFAULT.batch().withRows(maxBatchRows).withDelay(Duration.ofMillis(maxBatchDelay)))
                .withSessions(new TensorConfig.Sessions(
                        maxSessions, Duration.ofSeconds(sessionIdle), maxSessionBytes, sessionMemory));
    }
}
