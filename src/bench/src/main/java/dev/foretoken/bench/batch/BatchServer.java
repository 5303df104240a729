package dev.foretoken.bench.batch;

import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.batch.flight.BackoffConfig;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.kafka.BatchMetrics;
import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.batch.kafka.WorkerParts;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.RecordReader;
import dev.foretoken.batch.record.ReplyTopics;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.batch.GatewayExecutor;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What a server puts between a topic and an engine of its own process: a worker, and a gateway's admission, limits and answers. */
final class BatchServer implements AutoCloseable {

    private final Gateway gateway;
    private final Topics topics;
    private final int most;

    /** @param most requests that a worker has in flight */
    BatchServer(LocalEngine engine, Topics topics, int most) {
        EngineSet engines = EngineSet.of(List.of(new EngineEndpoint("local", engine.engine())));
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(new ServedModel(LocalEngine.MODEL, Optional.empty(), Optional.empty(), TokenIds.EMPTY, engines));
        this.gateway = new Gateway(
                GatewayConfig.DEFAULT,
                catalog,
                new PrometheusTelemetry(System::nanoTime),
                Gateway.Clocks.system(),
                RandomGenerator.of("SecureRandom"));
        this.topics = topics;
        this.most = most;
    }

    /** A worker that has begun. */
    BatchWorker worker() {
        WorkerParts parts = new WorkerParts(
                new GatewayExecutor(gateway),
                new RecordReader(RecordLimits.DEFAULT, ReplyTopics.NONE),
                RecordLimits.DEFAULT,
                FlightConfig.upTo(most),
                new Backoff(BackoffConfig.DEFAULT, RandomGenerator.getDefault()),
                BatchMetrics.NONE,
                InstantSource.system(),
                System::nanoTime);
        BatchWorker worker = new BatchWorker(topics.config(), parts);
        worker.start();
        return worker;
    }

    @Override
    public void close() {
        gateway.close();
    }
}
