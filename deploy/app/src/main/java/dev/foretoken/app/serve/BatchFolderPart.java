package dev.foretoken.app.serve;

import dev.foretoken.app.config.BatchFolderSettings;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.job.BatchFiles;
import dev.foretoken.batch.job.BatchJobs;
import dev.foretoken.batch.job.JobLimits;
import dev.foretoken.batch.job.JobRunner;
import dev.foretoken.batch.job.LocalTransport;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.batch.BatchJobMetrics;
import dev.foretoken.gateway.batch.GatewayExecutor;
import java.time.InstantSource;

/** Batches that callers ask for over HTTP, run beside their other requests. */
final class BatchFolderPart implements AutoCloseable {

    private final BatchStore store;
    private final JobRunner runner;

    private BatchFolderPart(BatchStore store, JobRunner runner) {
        this.store = store;
        this.runner = runner;
    }

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for a folder or database that cannot be opened */
    static BatchFolderPart start(BatchFolderSettings settings, Gateway gateway) {
        JobLimits limits = JobLimits.DEFAULT.keeping(settings.fileLife());
        InstantSource wall = gateway.clocks().wall();
        BatchStore store = BatchStore.open(settings.folder(), settings.database(), gateway::newId);
        LocalTransport transport = new LocalTransport(
                new GatewayExecutor(gateway),
                FlightConfig.upTo(gateway.admission().mostOfBatches()),
                gateway.clocks().nanos(),
                Thread.ofVirtual().name("batch-request-", 0).factory());
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
        return new BatchFolderPart(store, runner);
    }

    /** Runs nothing more: what is answered stays, the rest waits for the next start or for another gateway. */
    void endRunning() {
        runner.close();
    }

    @Override
    public void close() {
        runner.close();
        store.close();
    }
}
