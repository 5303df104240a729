package dev.foretoken.e2e.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.e2e.server.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Topics of one test, on the broker that all tests of this process share. The server makes them. */
public final class TestTopics {

    /** For thousands of requests, on a machine that does much else. */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "t" + COUNT.incrementAndGet();
    private final BatchTopics topics = BatchTopics.named(name + "-requests", name + "-answers");

    /** Options of {@code serve}. The instance is the same after a restart, as that of a pod. */
    public List<String> serve() {
        List<String> options =
                new ArrayList<>(List.of("--batch-brokers", KafkaBroker.shared().address()));
        options.addAll(List.of("--batch-topic", topics.requests(), "--batch-answers", topics.answers()));
        options.addAll(List.of("--batch-group", name, "--batch-instance", "a", "--batch-partitions", "2"));
        return options;
    }

    /** Sends a file and waits for its answers. */
    List<String> submit(Path file) {
        List<String> command = new ArrayList<>(List.of("batch", "submit", file.toString(), "--follow"));
        command.addAll(List.of("--brokers", KafkaBroker.shared().address()));
        command.addAll(List.of("--topic", topics.requests(), "--answers", topics.answers()));
        return command;
    }

    /** Until a server has made them. */
    void await() {
        Set<String> all = Set.of(topics.requests(), topics.answers(), topics.deadLetters(), topics.answered());
        try (Admin admin = KafkaBroker.shared().admin()) {
            Eventually.within(
                    PATIENCE, "the server makes its topics", () -> names(admin).containsAll(all));
        }
    }

    private static Set<String> names(Admin admin) {
        try {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            return Set.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while topics are listed", e);
        }
    }

    /** How many committed answers each key has. */
    Map<String, Integer> answers() {
        Map<String, Integer> counts = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> reader = reader()) {
            List<TopicPartition> all = reader.partitionsFor(topics.answers()).stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .toList();
            reader.assign(all);
            reader.seekToBeginning(all);
            Map<TopicPartition, Long> ends = reader.endOffsets(all);
            while (ends.entrySet().stream().anyMatch(one -> reader.position(one.getKey()) < one.getValue())) {
                reader.poll(Duration.ofMillis(50))
                        .forEach(one -> counts.merge(new String(one.key(), UTF_8), 1, Integer::sum));
            }
        }
        return counts;
    }

    private static KafkaConsumer<byte[], byte[]> reader() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        KafkaBroker.shared().address(),
                        "isolation.level",
                        "read_committed",
                        "default.api.timeout.ms",
                        (int) PATIENCE.toMillis()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
