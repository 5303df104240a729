package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.foretoken.batch.client.Connection;
import dev.foretoken.batch.record.AnswerRecord;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed answers of jobs, from the end on; and from further back where a job was begun by somebody else. Belongs to no group: every process
 * reads all of them. One thread of its own.
 */
final class AnswerCollector implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AnswerCollector.class.getName());
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long REST_MILLIS = 1000;

    /** By how much clocks of workers may be behind those of gateways. */
    private static final Duration SKEW = Duration.ofHours(1);

    private static final int CALL_MILLIS = 30_000;
    private static final int FETCH_BYTES = 16 << 20;

    private final Connection connection;
    private final String topic;
    private final Flights flights;
    private final Thread thread =
            Thread.ofPlatform().name("batch-jobs-answers").daemon().unstarted(this::run);
    private final AtomicReference<@Nullable Instant> readSince = new AtomicReference<>();
    /** Where to read on, whatever becomes of the client. The thread's own. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** Of those who asked to go back. */
    private final AtomicLong asked = new AtomicLong();
    /** Where the topic ended when the last of them was heard, and who that was. The thread's own. */
    private Map<TopicPartition, Long> ends = Map.of();

    private long heard;
    private volatile long caughtUp;
    private volatile boolean placed;
    private volatile boolean closed;

    AnswerCollector(Connection connection, String topic, Flights flights) {
        this.connection = connection;
        this.topic = topic;
        this.flights = flights;
    }

    void start() {
        thread.start();
    }

    /** Whether an answer to what is sent from now on would be seen. */
    boolean isPlaced() {
        return placed;
    }

    /**
     * Reads again what was written since then. Any thread.
     *
     * @return says when all is told that was committed by now
     */
    BooleanSupplier readSince(Instant time) {
        goBackTo(time);
        long mine = asked.incrementAndGet();
        return () -> caughtUp >= mine;
    }

    private void goBackTo(Instant time) {
        readSince.accumulateAndGet(
                time, (known, asked) -> known != null && (asked == null || known.isBefore(asked)) ? known : asked);
    }

    private void run() {
        while (!closed) {
            try (KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer = new KafkaConsumer<>(settings())) {
                collect(consumer);
            } catch (InterruptException e) {
                LOG.log(Level.DEBUG, "answers of batches are read no more");
            } catch (KafkaException e) {
                LOG.log(Level.WARNING, "answers of batches wait for their brokers: {0}", e.getMessage());
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "reading answers of batches stumbled and goes on", e);
            }
            rest();
        }
    }

    private void rest() {
        try {
            if (!closed) {
                Thread.sleep(REST_MILLIS);
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "woken up to end");
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(connection.client());
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        settings.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        return settings;
    }

    private void collect(KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            return; // a worker creates it
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> now = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            positions.putIfAbsent(partition, now.getOrDefault(partition, 0L));
            consumer.seek(partition, positions.getOrDefault(partition, 0L));
        }
        placed = true;
        while (!closed) {
            goBack(consumer, partitions);
            for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : consumer.poll(POLL)) {
                take(record);
                positions.put(new TopicPartition(topic, record.partition()), record.offset() + 1);
            }
            lookHowFar(consumer);
        }
    }

    private void lookHowFar(KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer) {
        if (caughtUp < heard
                && consumer.assignment().stream()
                        .allMatch(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L))) {
            caughtUp = heard;
        }
    }

    private void goBack(KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer, List<TopicPartition> partitions) {
        long last = asked.get();
        Instant since = readSince.getAndSet(null);
        if (since == null) {
            return;
        }
        boolean done = false;
        try {
            Map<TopicPartition, Long> times = new HashMap<>();
            long time = Math.max(0, since.minus(SKEW).toEpochMilli());
            partitions.forEach(partition -> times.put(partition, time));
            Map<TopicPartition, @Nullable OffsetAndTimestamp> first = consumer.offsetsForTimes(times);
            first.forEach((partition, found) -> {
                if (found != null && found.offset() < consumer.position(partition)) {
                    positions.put(partition, found.offset());
                    consumer.seek(partition, found.offset());
                }
            });
            ends = consumer.endOffsets(partitions);
            heard = last;
            done = true;
        } finally {
            if (!done) {
                goBackTo(since);
            }
        }
    }

    private void take(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        byte[] key = record.key();
        if (key == null) {
            return;
        }
        String id = new String(key, ISO_8859_1);
        if (flights.isWanted(id)) {
            AnswerRecord.read(record).ifPresent(answer -> flights.answered(id, answer));
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
