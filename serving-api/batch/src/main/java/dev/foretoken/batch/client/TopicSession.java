package dev.foretoken.batch.client;

import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** One conversation with the topics of workers. Failures of Kafka are sentences. */
public final class TopicSession implements AutoCloseable {

    /** Of the longest that workers read, and what Kafka adds. */
    private static final int MOST_RECORD_BYTES = RecordLimits.DEFAULT.maxRecordBytes() + (64 << 10);

    private final Connection connection;
    private final BatchTopics topics;
    private final BrokerFailure failure;
    private final Admin admin;
    private final List<AutoCloseable> open = new ArrayList<>();

    private TopicSession(Connection connection, BatchTopics topics, Admin admin) {
        this.connection = connection;
        this.topics = topics;
        this.failure = new BrokerFailure(connection.brokers());
        this.admin = admin;
    }

    /** @throws ForetokenException CONFIG_INVALID for settings that Kafka's client does not take */
    public static TopicSession open(Connection connection, BatchTopics topics) {
        Map<String, Object> settings = connection.client();
        settings.put("default.api.timeout.ms", (int) BrokerFailure.PATIENCE.toMillis());
        settings.put("request.timeout.ms", (int) BrokerFailure.PATIENCE.toMillis());
        try {
            return new TopicSession(connection, topics, Admin.create(settings));
        } catch (KafkaException e) {
            throw new BrokerFailure(connection.brokers()).of(e);
        }
    }

    Admin admin() {
        return admin;
    }

    BrokerFailure failure() {
        return failure;
    }

    BatchTopics topics() {
        return topics;
    }

    /** @throws ForetokenException CONFIG_INVALID where a topic is absent, SOURCE_UNAVAILABLE where nobody answers */
    public void requireTopics() throws InterruptedException {
        Set<String> present = failure.await(admin.listTopics().names());
        for (String topic : List.of(topics.requests(), topics.answers(), topics.deadLetters())) {
            if (!present.contains(topic)) {
                throw new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "there is no topic '" + topic + "' at " + connection.brokers()
                                + "; start a server with --batch-brokers " + connection.brokers()
                                + ", which creates it, or name another");
            }
        }
    }

    /** Of servers of a group that are not there. */
    public String nobodyAnswers(String group) {
        return "no server of group " + group + " answers what is in " + topics.requests() + " at "
                + connection.brokers() + " now; start one with --batch-brokers " + connection.brokers()
                + ", or name another --group";
    }

    /**
     * Begins to collect answers. Call it before {@link #send}.
     *
     * @param since answers that were written before are not looked at
     */
    public Answers follow(FileIds ids, Instant since, OutputStream out) {
        Map<String, Object> settings = connection.client();
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try {
            KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer = new KafkaConsumer<>(settings);
            open.add(consumer);
            Answers answers = new Answers(consumer, topics, ids, out);
            answers.readSince(since);
            return answers;
        } catch (KafkaException e) {
            throw failure.of(e);
        }
    }

    /** Writes answers that have come; waits for the first that long. @throws ForetokenException where Kafka fails */
    public void poll(Answers answers, Duration wait) throws IOException {
        try {
            answers.poll(wait);
        } catch (KafkaException e) {
            throw failure.of(e);
        }
    }

    /** Is told how many requests were given to the broker. */
    @FunctionalInterface
    public interface SendProgress {
        void sent(int requests);
    }

    /**
     * Sends every request of a file and returns when the broker has all of them. A file that is sent twice is answered once.
     *
     * @param ids of the file
     * @throws ForetokenException where Kafka fails: some of them may be there
     */
    public void send(RequestFile file, FileIds ids, RequestMarks marks, SendProgress progress) {
        AtomicReference<@Nullable ForetokenException> problem = new AtomicReference<>();
        int[] sent = {0};
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            file.each((number, id, line) -> {
                ForetokenException early = problem.get();
                if (early != null) {
                    throw early;
                }
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(topics.requests(), ids.key(id), ids.sent(id, line));
                marks.write(record.headers());
                producer.send(record, (at, cause) -> {
                    if (cause != null) {
                        problem.compareAndSet(null, refused(number, line.length, cause));
                    }
                });
                progress.sent(++sent[0]);
            });
            producer.flush();
        } catch (KafkaException e) {
            throw failure.of(e);
        }
        ForetokenException late = problem.get();
        if (late != null) {
            throw late;
        }
    }

    private ForetokenException refused(int number, int bytes, Exception cause) {
        return cause instanceof RecordTooLargeException
                ? new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "line " + number + " has " + bytes
                                + " bytes, more than the topic " + topics.requests()
                                + " takes; raise its max.message.bytes, or ask for less in one request",
                        cause)
                : failure.of(cause);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = connection.client();
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_RECORD_BYTES);
        return new KafkaProducer<>(settings);
    }

    @Override
    public void close() {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                throw failure.of(e);
            }
        }
        admin.close(BrokerFailure.PATIENCE);
    }
}
