package dev.foretoken.batch.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.batch.flight.BackoffConfig;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.RecordReader;
import dev.foretoken.batch.record.ReplyTopics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of one test, what is written into them and what is read. */
final class TestTopic {

    /** Longer than a worker waits for what another one left undecided. */
    static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final String SESSIONS = "dev.foretoken.batch.kafka.WorkerLoop";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String brokers;
    private final BatchTopics topics;
    private final int partitions;
    private final String group;

    private TestTopic(String brokers, BatchTopics topics, int partitions, String group) {
        this.brokers = brokers;
        this.topics = topics;
        this.partitions = partitions;
        this.group = group;
    }

    /** New ones of the shared broker. */
    static TestTopic create(int partitions) throws Exception {
        return create(KafkaBroker.shared(), partitions);
    }

    /** With answers no longer than so many bytes. */
    static TestTopic withShortAnswers(int bytes) throws Exception {
        TestTopic topic = create(1);
        limit(topic.topics.answers(), bytes);
        return topic;
    }

    /** Lets no longer records, and no longer batches of them, into the topic. */
    static void limit(String topic, int bytes) throws Exception {
        ConfigResource limited = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        ConfigEntry longest = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
        try (Admin admin = KafkaBroker.shared().admin()) {
            admin.incrementalAlterConfigs(
                            Map.of(limited, List.of(new AlterConfigOp(longest, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    static TestTopic create(KafkaBroker broker, int partitions) throws Exception {
        String name = "t" + COUNT.incrementAndGet();
        TestTopic topic = of(broker.address(), name, partitions);
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(topic.topics.requests(), partitions, (short) 1),
                            new NewTopic(topic.topics.answers(), partitions, (short) 1)))
                    .all()
                    .get();
            awaitLeaders(admin, topic.topics.requests(), partitions);
            awaitLeaders(admin, topic.topics.answers(), partitions);
        }
        return topic;
    }

    /** Until each partition takes records: one that is not there for a producer's first batch and takes its second refuses the first for minutes. */
    static void awaitLeaders(Admin admin, String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> all = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(topic, partition), any -> OffsetSpec.latest()));
        Eventually.until("all of " + topic + " takes records", () -> {
            try {
                return admin.listOffsets(all).all().get().size() == partitions;
            } catch (ExecutionException e) {
                return false;
            }
        });
    }

    /** Those that another process made. */
    static TestTopic of(String brokers, String name, int partitions) {
        return new TestTopic(brokers, BatchTopics.named(name + "-requests", name + "-answers"), partitions, name);
    }

    String name() {
        return group;
    }

    String brokers() {
        return brokers;
    }

    BatchTopics topics() {
        return topics;
    }

    BatchConfig config(String instance) {
        return config(instance, WorkerLimits.DEFAULTS);
    }

    BatchConfig config(String instance, WorkerLimits limits) {
        return new BatchConfig(
                brokers, Map.of("transaction.timeout.ms", "3000"), topics, group, instance, partitions, limits);
    }

    /** With short waits between tries. */
    static WorkerParts parts(BatchExecutor executor, BatchMetrics metrics) {
        return parts(executor, metrics, 256);
    }

    /** With at most so many requests at a time. */
    static WorkerParts parts(BatchExecutor executor, BatchMetrics metrics, int most) {
        RecordLimits limits = new RecordLimits(100_000, 50_000);
        return new WorkerParts(
                executor,
                new RecordReader(limits, ReplyTopics.parse(List.of("reply-*"))),
                limits,
                FlightConfig.upTo(most),
                new Backoff(new BackoffConfig(Duration.ofMillis(1), Duration.ofMillis(4), 4), new Random(1)),
                metrics,
                InstantSource.system(),
                System::nanoTime);
    }

    BatchWorker worker(String instance, BatchExecutor executor) {
        BatchWorker worker = new BatchWorker(config(instance), parts(executor, BatchMetrics.NONE));
        worker.start();
        return worker;
    }

    static byte[] line(String id) {
        return ("{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":" + body(id)
                        + "}")
                .getBytes(UTF_8);
    }

    static String body(String id) {
        return "{\"model\":\"m\",\"prompt\":\"say " + id + "\"}";
    }

    /** Sends well-formed requests with these ids. */
    void request(List<String> ids) {
        send(ids.stream()
                .map(id -> new ProducerRecord<>(topics.requests(), id.getBytes(UTF_8), line(id)))
                .toList());
    }

    void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                brokers,
                "max.request.size",
                5 << 20,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class))) {
            SentRecords.all(producer, records);
        }
    }

    /** Committed answers by id, as soon as there are those of so many ids and nothing that is committed follows them. */
    Map<String, List<String>> answers(int ids) {
        return byKey(topics.answers(), found -> found.size() >= ids);
    }

    private static Map<String, List<String>> group(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, List<String>> byKey = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> one : records) {
            byKey.computeIfAbsent(new String(one.key(), UTF_8), key -> new ArrayList<>())
                    .add(new String(one.value(), UTF_8));
        }
        return byKey;
    }

    Map<String, List<String>> byKey(String topic, Predicate<Map<String, List<String>>> enough) {
        return group(records(topic, found -> enough.test(group(found))));
    }

    /** Committed records of a topic up to its end, once they are enough. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader = reader(topic)) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!enough.test(found)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("only " + found.size() + " records in " + topic + workers());
                }
                reader.poll(Duration.ofMillis(50)).forEach(found::add);
            }
            Map<TopicPartition, Long> ends = reader.endOffsets(reader.assignment());
            while (ends.entrySet().stream().anyMatch(one -> reader.position(one.getKey()) < one.getValue())) {
                reader.poll(Duration.ofMillis(50)).forEach(found::add);
            }
        }
        return found;
    }

    /** Where the threads of workers are now. */
    private static String workers() {
        StringBuilder text = new StringBuilder(4096);
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            if (Arrays.stream(frames).anyMatch(frame -> frame.getClassName().startsWith(SESSIONS))) {
                text.append("\n").append(thread.getName());
                Arrays.stream(frames).forEach(frame -> text.append("\n    ").append(frame));
            }
        });
        return text.toString();
    }

    private KafkaConsumer<byte[], byte[]> reader(String topic) {
        KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(Map.of(
                "bootstrap.servers",
                brokers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class));
        List<TopicPartition> all = reader.partitionsFor(topic).stream()
                .map(one -> new TopicPartition(topic, one.partition()))
                .toList();
        reader.assign(all);
        reader.seekToBeginning(all);
        return reader;
    }

    /** The line that answers a request of {@link #request}. */
    static String answerLine(String id) {
        return "{\"id\":\"batch_req_r-" + id + "\",\"custom_id\":\"" + id
                + "\",\"response\":{\"status_code\":200,\"request_id\":\"r-" + id + "\",\"body\":"
                + new String(EchoExecutor.body(id, body(id).getBytes(UTF_8)), UTF_8) + "},\"error\":null}";
    }

    static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
        return Optional.ofNullable(record.headers().lastHeader(name)).map(header -> new String(header.value(), UTF_8));
    }
}
