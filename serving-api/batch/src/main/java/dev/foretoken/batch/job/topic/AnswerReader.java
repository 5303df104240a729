package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.foretoken.batch.record.AnswerRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where the topic of jobs' answers is read, whatever becomes of the client that reads it: from the end on, and from further back where somebody asks
 * for that. One thread reads; any may ask.
 */
final class AnswerReader {

    /**
     * What was asked: since when to read again, and how many ever asked.
     *
     * @param since null = nothing that is not done
     */
    private record Ask(@Nullable Instant since, long number) {
        static final Ask NONE = new Ask(null, 0);

        Ask too(Instant time, int more) {
            return new Ask(since == null || time.isBefore(since) ? time : since, number + more);
        }

        Ask done() {
            return new Ask(null, number);
        }
    }

    private static final Duration POLL = Duration.ofMillis(200);

    /** By how much clocks of workers may be behind those of gateways. */
    private static final Duration SKEW = Duration.ofHours(1);

    private final String topic;
    private final Flights flights;
    private final AtomicReference<Ask> asked = new AtomicReference<>(Ask.NONE);
    /** Where to read on. The reading thread's own. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** Where the topic ended when the last of them was heard, and who that was. The reading thread's own. */
    private Map<TopicPartition, Long> ends = Map.of();

    private long heard;
    private volatile long caughtUp;
    private volatile boolean placed;

    AnswerReader(String topic, Flights flights) {
        this.topic = topic;
        this.flights = flights;
    }

    /** Whether an answer to what is sent from now on would be seen. Any thread. */
    boolean isPlaced() {
        return placed;
    }

    /**
     * Reads again what was written since then. Any thread.
     *
     * @return says when all is told that was committed by now
     */
    BooleanSupplier readSince(Instant time) {
        long mine = asked.updateAndGet(ask -> ask.too(time, 1)).number();
        return () -> caughtUp >= mine;
    }

    /** Goes on where the last client was. False where there is no such topic yet; a worker creates it. */
    boolean place(Consumer<byte @Nullable [], byte @Nullable []> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            return false;
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> now = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            positions.putIfAbsent(partition, now.getOrDefault(partition, 0L));
            consumer.seek(partition, positions.getOrDefault(partition, 0L));
        }
        placed = true;
        return true;
    }

    /** Reads what is there, or waits a moment. */
    void read(Consumer<byte @Nullable [], byte @Nullable []> consumer) {
        goBack(consumer);
        for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : consumer.poll(POLL)) {
            take(record);
            positions.put(new TopicPartition(topic, record.partition()), record.offset() + 1);
        }
        lookHowFar(consumer);
    }

    private void lookHowFar(Consumer<byte @Nullable [], byte @Nullable []> consumer) {
        if (caughtUp < heard
                && consumer.assignment().stream()
                        .allMatch(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L))) {
            caughtUp = heard;
        }
    }

    private void goBack(Consumer<byte @Nullable [], byte @Nullable []> consumer) {
        Ask ask = asked.getAndUpdate(Ask::done);
        Instant since = ask.since();
        if (since == null) {
            return;
        }
        boolean done = false;
        try {
            Map<TopicPartition, Long> times = new HashMap<>();
            long time = Math.max(0, since.minus(SKEW).toEpochMilli());
            consumer.assignment().forEach(partition -> times.put(partition, time));
            Map<TopicPartition, @Nullable OffsetAndTimestamp> first = consumer.offsetsForTimes(times);
            first.forEach((partition, found) -> {
                if (found != null && found.offset() < consumer.position(partition)) {
                    positions.put(partition, found.offset());
                    consumer.seek(partition, found.offset());
                }
            });
            ends = consumer.endOffsets(consumer.assignment());
            heard = ask.number();
            done = true;
        } finally {
            if (!done) {
                asked.updateAndGet(later -> later.too(since, 0));
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
}
