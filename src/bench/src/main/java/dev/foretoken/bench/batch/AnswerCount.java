package dev.foretoken.bench.batch;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads committed answers and counts each id once. One thread. */
final class AnswerCount implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();
    private static final int MOST_AT_ONCE = 5000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Consumer<ConsumerRecord<byte[], byte[]>> onAnswer;
    private final BitSet seen = new BitSet();
    private long answered;
    private long repeated;

    /** @param onAnswer told of the first answer of each id */
    AnswerCount(Topics topics, Consumer<ConsumerRecord<byte[], byte[]>> onAnswer) {
        this.onAnswer = onAnswer;
        consumer = new KafkaConsumer<>(Map.of(
                "bootstrap.servers",
                topics.brokers(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                MOST_AT_ONCE,
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class));
        List<TopicPartition> all = consumer.partitionsFor(topics.names().answers()).stream()
                .map(one -> new TopicPartition(one.topic(), one.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    /** Takes what is there, or comes within a tenth of a second. */
    void poll() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            int number = RequestFeed.number(record.key());
            if (seen.get(number)) {
                repeated++;
            } else {
                seen.set(number);
                answered++;
                onAnswer.accept(record);
            }
        }
    }

    /**
     * Takes answers until so many ids have one.
     *
     * @param onPoll told after each look
     * @throws IOException none came for two minutes
     */
    void untilThereAre(long ids, Runnable onPoll) throws IOException {
        long lastAt = System.nanoTime();
        while (answered < ids) {
            long before = answered;
            poll();
            onPoll.run();
            long now = System.nanoTime();
            if (answered > before) {
                lastAt = now;
            } else if (now - lastAt > PATIENCE_NANOS) {
                throw new IOException(
                        "no answer for two minutes: those of " + answered + " requests are there, of " + ids);
            }
        }
    }

    /** Ids with an answer. */
    long answered() {
        return answered;
    }

    /** Answers of ids that had one. */
    long repeated() {
        return repeated;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
