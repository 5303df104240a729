package dev.foretoken.batch.job.topic;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.client.Connection;
import dev.foretoken.batch.job.JobTransport;
import dev.foretoken.batch.kafka.BatchTopics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends requests of jobs into the topic of requests, for any worker, and takes their answers from the one topic of jobs' answers, which every process
 * that runs jobs reads. A request that was sent stays in the topic when this process ends; it is known there when it is sent again.
 */
public final class TopicTransport implements JobTransport, AutoCloseable {

    private static final Logger LOG = System.getLogger(TopicTransport.class.getName());

    private static final int MOST_RECORD_BYTES = (8 << 20) + (64 << 10);
    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final RequestSender sender;
    private final Flights flights = new Flights();
    private final AnswerCollector collector;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("batch-jobs-send").daemon().factory());

    private TopicTransport(Connection connection, BatchTopics topics) {
        Map<String, Object> settings = settings(connection);
        new ProducerConfig(settings);
        this.collector = new AnswerCollector(connection, topics.jobAnswers(), flights);
        this.sender = new RequestSender(
                () -> new KafkaProducer<>(settings), new RequestRecord(topics), flights, System::nanoTime);
    }

    /**
     * Begins to look for answers. Where the brokers are away they are waited for, and nothing is sent meanwhile.
     *
     * @throws KafkaException for settings that Kafka's clients do not take
     */
    public static TopicTransport start(Connection connection, BatchTopics topics) {
        TopicTransport transport = new TopicTransport(connection, topics);
        transport.collector.start();
        transport.thread.scheduleWithFixedDelay(
                () -> patiently(transport.sender::sendOverdue), LOOK.toSeconds(), LOOK.toSeconds(), TimeUnit.SECONDS);
        return transport;
    }

    private static void patiently(Runnable sending) {
        try {
            sending.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "sending requests of batches stumbled and goes on", e);
        }
    }

    private static Map<String, Object> settings(Connection connection) {
        Map<String, Object> settings = new HashMap<>(connection.client());
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_RECORD_BYTES);
        settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        return settings;
    }

    @Override
    public int room() {
        return collector.reader().isPlaced() ? flights.room() : 0;
    }

    @Override
    public boolean takes(String tenant) {
        return flights.takes(tenant);
    }

    @Override
    public Sent send(BatchRequest request, Consumer<Optional<BatchAnswer>> answered) {
        String id = request.id();
        flights.add(request, answered);
        thread.execute(() -> patiently(() -> sender.send(id)));
        return () -> flights.end(id, Optional.empty());
    }

    @Override
    public Watch watch(String job, Optional<Instant> since, BiConsumer<String, BatchAnswer> found) {
        flights.watch(job, found);
        BooleanSupplier isCaughtUp = since.map(collector.reader()::readSince).orElse(() -> true);
        return new Watch() {
            @Override
            public boolean isCaughtUp() {
                return isCaughtUp.getAsBoolean();
            }

            @Override
            public void close() {
                flights.unwatch(job);
            }
        };
    }

    /** What was sent stays with the brokers. */
    @Override
    public void close() {
        thread.shutdown();
        collector.close();
        sender.close();
        try {
            if (!thread.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.WARNING, "requests of batches are still being sent; the next start does it again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
