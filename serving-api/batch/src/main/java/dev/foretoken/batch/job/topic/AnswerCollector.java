package dev.foretoken.batch.job.topic;

import dev.foretoken.batch.client.Connection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed answers of jobs for as long as it is open, with a new client where one failed. Belongs to no group: every process reads all of them.
 * One thread of its own.
 */
final class AnswerCollector implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AnswerCollector.class.getName());
    private static final long REST_MILLIS = 1000;

    private static final int CALL_MILLIS = 30_000;
    private static final int FETCH_BYTES = 16 << 20;

    private final Connection connection;
    private final AnswerReader reader;
    private final Thread thread =
            Thread.ofPlatform().name("batch-jobs-answers").daemon().unstarted(this::run);
    private volatile boolean closed;

    AnswerCollector(Connection connection, String topic, Flights flights) {
        this.connection = connection;
        this.reader = new AnswerReader(topic, flights);
    }

    void start() {
        thread.start();
    }

    AnswerReader reader() {
        return reader;
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
        if (reader.place(consumer)) {
            while (!closed) {
                reader.read(consumer);
            }
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
