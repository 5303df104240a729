package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.BatchConfig;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.WorkerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Topics of one measurement.
 *
 * @param brokers {@code HOST:PORT}
 * @param notes folder of a worker's notes
 */
record Topics(String brokers, BatchTopics names, int partitions, Path notes) {

    private static final String GROUP = "bench";

    static Topics of(String brokers, String name, int partitions, Path notes) {
        return new Topics(brokers, BatchTopics.named(name + "-requests", name + "-answers"), partitions, notes);
    }

    /** Makes those of requests and answers; the worker makes the others. */
    void create() throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            admin.createTopics(List.of(
                            new NewTopic(names.requests(), partitions, (short) 1),
                            new NewTopic(names.answers(), partitions, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("the broker made no topics: " + e.getCause().getMessage(), e);
        }
    }

    /** Of one worker, with a worker's usual limits. */
    BatchConfig config() {
        return new BatchConfig(
                brokers, Map.of(), names, GROUP, "1", partitions, WorkerLimits.DEFAULTS, Optional.of(notes));
    }
}
