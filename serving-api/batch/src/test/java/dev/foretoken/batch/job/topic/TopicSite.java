package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import dev.foretoken.batch.job.BatchFiles;
import dev.foretoken.batch.job.BatchJobs;
import dev.foretoken.batch.job.JobLimits;
import dev.foretoken.batch.kafka.BatchConfig;
import dev.foretoken.batch.kafka.BatchMetrics;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.batch.kafka.WorkerLimits;
import dev.foretoken.batch.kafka.WorkerParts;
import dev.foretoken.batch.record.ReplyTopics;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.batch.store.Incoming;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** A worker in this process, which lets a request through when a test says so, and a store whose jobs others run. */
final class TopicSite implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final long PATIENCE_NANOS = Duration.ofMinutes(4).toNanos();

    final String brokers = KafkaBroker.shared().address();
    final BatchTopics topics;
    /** Ids of requests that were run, each as often as it was. */
    final BlockingQueue<String> run = new LinkedBlockingQueue<>();
    /** So many more may be answered. */
    final Semaphore gate = new Semaphore(0);

    private final BatchWorker worker;

    TopicSite() {
        String name = "jobs" + COUNT.incrementAndGet();
        topics = BatchTopics.named(name + "-requests", name + "-answers");
        BatchConfig config = new BatchConfig(
                brokers,
                Map.of("transaction.timeout.ms", "3000"),
                topics,
                name,
                "worker",
                2,
                WorkerLimits.DEFAULTS.draining(Duration.ZERO));
        worker = new BatchWorker(
                config,
                WorkerParts.of(
                        new Gated(),
                        ReplyTopics.parse(List.of(topics.jobAnswers())),
                        BatchMetrics.NONE,
                        InstantSource.system()));
        worker.start();
    }

    private final class Gated implements BatchExecutor {
        @Override
        public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
            gate.acquire();
            run.add(request.id());
            return new BatchAnswer(
                    200, "r", ("{\"to\":" + new String(request.body(), UTF_8) + "}").getBytes(UTF_8), Optional.empty());
        }

        @Override
        public Room room() {
            return Room.UNKNOWN;
        }
    }

    /** Records of committed answers, more or less. */
    long answered() throws Exception {
        try (Admin admin = KafkaBroker.shared().admin()) {
            Map<TopicPartition, OffsetSpec> ends = Map.of(
                    new TopicPartition(topics.jobAnswers(), 0), OffsetSpec.latest(),
                    new TopicPartition(topics.jobAnswers(), 1), OffsetSpec.latest());
            return admin
                    .listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                    .sum();
        }
    }

    static String line(int index) {
        return "{\"custom_id\":\"c%d\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\",\"prompt\":\"p%d\"}}"
                .formatted(index, index);
    }

    static Job submit(BatchStore store, String... lines) {
        byte[] bytes = String.join("\n", lines).getBytes(UTF_8);
        BatchFiles files = new BatchFiles(store, JobLimits.DEFAULT, InstantSource.system());
        try (Incoming incoming = files.receive("team")) {
            incoming.write(bytes, 0, bytes.length);
            StoredFile file = files.keep("team", "requests.jsonl", Optional.empty(), incoming);
            return jobs(store)
                    .create(
                            "team",
                            new BatchJobs.Asked(file.id(), "/v1/completions", "24h", Map.of(), Optional.empty()));
        }
    }

    static BatchJobs jobs(BatchStore store) {
        return new BatchJobs(store, JobLimits.DEFAULT, InstantSource.system(), () -> {});
    }

    static Job found(BatchStore store, Job job) {
        return jobs(store).find(job.tenant(), job.id());
    }

    static List<String> content(BatchStore store, Optional<String> file) {
        try (InputStream in = store.read(file.orElseThrow())) {
            return new String(in.readAllBytes(), UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void until(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not so: " + what);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        gate.release(1_000_000);
        worker.close();
    }
}
