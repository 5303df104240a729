package dev.foretoken.app.serve;

import dev.foretoken.app.config.BatchFolderSettings;
import dev.foretoken.app.config.BatchTopicSettings;
import dev.foretoken.batch.client.Connection;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.job.BatchFiles;
import dev.foretoken.batch.job.BatchJobs;
import dev.foretoken.batch.job.JobLimits;
import dev.foretoken.batch.job.JobRunner;
import dev.foretoken.batch.job.JobTransport;
import dev.foretoken.batch.job.LocalTransport;
import dev.foretoken.batch.job.topic.TopicTransport;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.batch.BatchJobMetrics;
import dev.foretoken.gateway.batch.GatewayExecutor;
import java.time.InstantSource;
import java.util.Optional;

/** Batches that callers ask for over HTTP, run beside their other requests, or by whichever process takes them from a topic. */
final class BatchFolderPart implements AutoCloseable {

    private final BatchStore store;
    private final JobRunner runner;
    private final Optional<TopicTransport> topics;

    private BatchFolderPart(BatchStore store, JobRunner runner, Optional<TopicTransport> topics) {
        this.store = store;
        this.runner = runner;
        this.topics = topics;
    }

    /**
     * Begins to take batches.
     *
     * @param topics through which their requests go; empty = they are run in this process
     * @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for a folder or database that cannot be opened
     */
    static BatchFolderPart start(BatchFolderSettings settings, Optional<BatchTopicSettings> topics, Gateway gateway) {
        JobLimits limits = JobLimits.DEFAULT.keeping(settings.fileLife());
        InstantSource wall = gateway.clocks().wall();
        BatchStore store = BatchStore.open(settings.folder(), settings.database(), gateway::newId);
        Optional<TopicTransport> sent = through(topics, store);
        JobTransport transport = sent.isPresent() ? sent.get() : here(gateway);
        JobRunner runner = JobRunner.start(
                store,
                limits,
                transport,
                wall,
                gateway.clocks().nanos(),
                new BatchJobMetrics(gateway.telemetry()),
                gateway.newId());
        gateway.offerBatches(new Gateway.Batches(
                new BatchFiles(store, limits, wall), new BatchJobs(store, limits, wall, runner::wake)));
        return new BatchFolderPart(store, runner, sent);
    }

    private static Optional<TopicTransport> through(Optional<BatchTopicSettings> topics, BatchStore store) {
        try {
            return topics.map(BatchFolderPart::through);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static TopicTransport through(BatchTopicSettings settings) {
        return TopicTransport.start(
                new Connection(settings.brokers(), settings.client()),
                BatchTopics.named(
                        settings.topics().requests(), settings.topics().answers()));
    }

    private static JobTransport here(Gateway gateway) {
        return new LocalTransport(
                new GatewayExecutor(gateway),
                FlightConfig.upTo(gateway.admission().mostOfBatches()),
                gateway.clocks().nanos(),
                Thread.ofVirtual().name("batch-request-", 0).factory());
    }

    /** Runs nothing more: what is answered stays, the rest waits for the next start or for another gateway. */
    void endRunning() {
        runner.close();
    }

    @Override
    public void close() {
        runner.close();
        topics.ifPresent(TopicTransport::close);
        store.close();
    }
}
