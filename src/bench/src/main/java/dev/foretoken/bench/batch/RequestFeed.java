package dev.foretoken.bench.batch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes numbered requests into a topic. */
final class RequestFeed {

    private static final int BATCH_BYTES = 256 << 10;
    private static final int LINGER_MILLIS = 20;

    private RequestFeed() {}

    /** The id of request {@code number}, by which {@link AnswerCount} knows it. */
    static String id(int number) {
        return "request-" + number;
    }

    /** @throws NumberFormatException it is of no request */
    static int number(byte[] id) {
        return Integer.parseInt(new String(id, StandardCharsets.US_ASCII).substring("request-".length()));
    }

    /**
     * Writes those numbered from {@code first}; when it returns they are in the topic.
     *
     * @param line of the request of a number: the value of its record
     * @param onSent told how many were handed over
     */
    static void send(Topics topics, int first, int requests, IntFunction<String> line, LongConsumer onSent)
            throws IOException {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(topics.brokers())) {
            for (int i = 0; i < requests && failure.get() == null; i++) {
                byte[] key = id(first + i).getBytes(StandardCharsets.US_ASCII);
                byte[] value = line.apply(first + i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(topics.names().requests(), key, value), (at, problem) -> {
                    if (problem != null) {
                        failure.set(problem);
                    }
                });
                onSent.accept(i + 1L);
            }
            producer.flush();
        }
        Exception problem = failure.get();
        if (problem != null) {
            throw new IOException("the broker did not take a request: " + problem.getMessage(), problem);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String brokers) {
        return new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                brokers,
                "linger.ms",
                LINGER_MILLIS,
                "batch.size",
                BATCH_BYTES,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class));
    }
}
