package dev.foretoken.e2e.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.batch.kafka.SentRecords;
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
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of one test, on the broker that all tests of this process share. The server makes them, but for that of replies. */
public final class TestTopics {

    /** For thousands of requests, on a machine that does much else. */
    public static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "t" + COUNT.incrementAndGet();
    private final BatchTopics topics = BatchTopics.named(name + "-requests", name + "-answers");

    /** Options of {@code serve}. The instance is the same after a restart, as that of a pod. */
    public List<String> serve() {
        return serve("a");
    }

    /** The same for a server of another name. */
    List<String> serve(String instance) {
        List<String> options =
                new ArrayList<>(List.of("--batch-brokers", KafkaBroker.shared().address()));
        options.addAll(List.of("--batch-topic", topics.requests(), "--batch-answers", topics.answers()));
        options.addAll(List.of("--batch-group", name, "--batch-instance", instance, "--batch-partitions", "2"));
        options.addAll(List.of("--batch-reply-topic", replies()));
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
            throw interrupted(e);
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted while a broker is asked", e);
    }

    String requests() {
        return topics.requests();
    }

    /** Topic that a request may name for its own answer. */
    String replies() {
        return name + "-replies";
    }

    /** Makes the topic of replies, and waits until it takes records: a server would answer in the usual topic before. */
    void makeReplies() {
        try (Admin admin = KafkaBroker.shared().admin()) {
            admin.createTopics(List.of(new NewTopic(replies(), 1, (short) 1)));
            Eventually.within(PATIENCE, "there is a topic of replies", () -> takesRecords(admin));
        }
    }

    private boolean takesRecords(Admin admin) {
        TopicPartition only = new TopicPartition(replies(), 0);
        try {
            return admin.listOffsets(Map.of(only, OffsetSpec.latest()))
                            .partitionResult(only)
                            .get()
                            .offset()
                    == 0;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Writes them, and waits until the broker has them. */
    void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", KafkaBroker.shared().address()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            SentRecords.all(producer, records);
        }
    }

    /** How many committed answers each key has. */
    Map<String, Integer> answers() {
        Map<String, Integer> counts = new TreeMap<>();
        committed(topics.answers(), 0).forEach(one -> counts.merge(new String(one.key(), UTF_8), 1, Integer::sum));
        return counts;
    }

    /** Committed records of a topic up to its end, once there are so many. */
    static List<ConsumerRecord<byte[], byte[]>> committed(String topic, int least) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader = reader()) {
            List<TopicPartition> all = reader.partitionsFor(topic).stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .toList();
            reader.assign(all);
            reader.seekToBeginning(all);
            Eventually.within(PATIENCE, least + " records in " + topic, () -> read(reader, found) >= least);
            Map<TopicPartition, Long> ends = reader.endOffsets(all);
            while (ends.entrySet().stream().anyMatch(one -> reader.position(one.getKey()) < one.getValue())) {
                read(reader, found);
            }
        }
        return found;
    }

    private static int read(KafkaConsumer<byte[], byte[]> reader, List<ConsumerRecord<byte[], byte[]>> found) {
        reader.poll(Duration.ofMillis(50)).forEach(found::add);
        return found.size();
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
