package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.BatchTopicSettings;
import dev.foretoken.batch.kafka.BatchConfig;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.batch.kafka.ShareWorker;
import dev.foretoken.batch.kafka.WorkerLimits;
import dev.foretoken.batch.kafka.WorkerParts;
import dev.foretoken.batch.kafka.WorkerState;
import dev.foretoken.batch.record.ReplyTopics;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.batch.GatewayExecutor;
import dev.foretoken.gateway.batch.WorkerMetrics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Requests that come in by Kafka, answered beside those of callers. A broker that is away keeps nobody else from being served. */
final class BatchPart implements AutoCloseable {

    private final Thread end;

    private BatchPart(Runnable close) {
        this.end = Thread.ofPlatform().name("batch-end").unstarted(close);
    }

    /** @param httpPort of this process, which no other on this machine has */
    static BatchPart start(BatchTopicSettings settings, AppConfig config, Gateway gateway, int httpPort) {
        BatchConfig own = workerConfig(settings, config, httpPort);
        WorkerParts parts = WorkerParts.of(
                new GatewayExecutor(gateway),
                replyTopics(settings, own.topics()),
                new WorkerMetrics(gateway.telemetry()),
                gateway.clocks().wall());
        return settings.share() ? shared(own, parts, gateway) : once(own, parts, gateway);
    }

    /** Those that the operator named, and the one of jobs. */
    private static ReplyTopics replyTopics(BatchTopicSettings settings, BatchTopics topics) {
        List<String> all = new ArrayList<>(settings.topics().replies());
        all.add(topics.jobAnswers());
        return ReplyTopics.parse(all);
    }

    private static BatchPart once(BatchConfig config, WorkerParts parts, Gateway gateway) {
        BatchWorker worker = new BatchWorker(config, parts);
        worker.start();
        gateway.remarkBy(() -> remark(worker.state().phase()));
        return new BatchPart(worker::close);
    }

    private static BatchPart shared(BatchConfig config, WorkerParts parts, Gateway gateway) {
        ShareWorker worker = new ShareWorker(config, parts);
        worker.start();
        gateway.remarkBy(() -> remark(worker.state().phase()));
        return new BatchPart(worker::close);
    }

    /** For probes, which everybody may ask: it names no broker. The log says why. */
    private static Optional<String> remark(WorkerState.Phase phase) {
        return switch (phase) {
            case JOINING, WAITING -> Optional.of("requests of batches wait for their brokers");
            case WORKING, CLOSED -> Optional.empty();
        };
    }

    private static BatchConfig workerConfig(BatchTopicSettings settings, AppConfig config, int httpPort) {
        return new BatchConfig(
                settings.brokers(),
                settings.client(),
                BatchTopics.named(
                        settings.topics().requests(), settings.topics().answers()),
                settings.member().group(),
                settings.member().instance().orElseGet(() -> hostName() + "-" + httpPort),
                settings.topics().partitions(),
                WorkerLimits.DEFAULTS
                        .waiting(settings.waits().longest(), settings.waits().crowded())
                        .draining(grace(config.drainTimeout())),
                settings.member().notes().or(() -> Optional.of(temporary())));
    }

    /** Outlives processes, and in a pod the containers that have such a volume. */
    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"), "foretoken-batch-" + System.getProperty("user.name"));
    }

    /** Ends before engines give up what still runs: that is an answer for nobody, since another process will have a better one. */
    private static Duration grace(Duration drainTimeout) {
        return drainTimeout.multipliedBy(4).dividedBy(5);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "host";
        }
    }

    /** Takes no further requests, and lets those under way end while others of the process do. Returns at once. */
    void beginEnd() {
        if (end.getState() == Thread.State.NEW) {
            end.start();
        }
    }

    /** Waits until that has happened. */
    @Override
    public void close() {
        beginEnd();
        try {
            end.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
