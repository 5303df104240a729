package dev.foretoken.batch.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads the newest of the ids that were answered: no more than are remembered, however many the topic has. Blocks; one thread. */
final class AnsweredReader {

    /**
     * For each id that is remembered so many offsets are read: a transaction takes one beside those of its ids, and what was compacted left a gap.
     */
    private static final long OFFSETS_OF_AN_ID = 3;

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final LongSupplier nanoTime;
    private final BooleanSupplier isWanted;
    private final Hasher hasher = new Hasher();
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** @param isWanted whether to read on */
    AnsweredReader(Consumer<byte[], byte[]> consumer, LongSupplier nanoTime, BooleanSupplier isWanted) {
        this.consumer = consumer;
        this.nanoTime = nanoTime;
        this.isWanted = isWanted;
    }

    /**
     * Reads until all positions are at their ends, or nobody wants it any more.
     *
     * @param sources which ids are of which partition
     * @param ends of some of these partitions
     * @param least ids that are remembered of each
     * @throws TimeoutException no position moves: another worker's transaction is still open
     */
    void read(Map<TopicPartition, AnsweredIds> sources, Map<TopicPartition, Long> ends, int least) {
        consumer.assign(ends.keySet());
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(ends.keySet());
        ends.forEach((partition, end) -> consumer.seek(
                partition, Math.max(beginnings.getOrDefault(partition, 0L), end - OFFSETS_OF_AN_ID * least)));
        long movedAt = nanoTime.getAsLong();
        while (isWanted.getAsBoolean()
                && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> known : consumer.poll(POLL)) {
                sources.get(new TopicPartition(known.topic(), known.partition()))
                        .remember(hasher.id(known.key()), RequestDigest.read(known.value()));
            }
            long now = nanoTime.getAsLong();
            if (hasMoved(ends)) {
                movedAt = now;
            } else if (now - movedAt > KafkaClients.UNDECIDED.toNanos()) {
                throw new TimeoutException(
                        "the ids that were answered could not be read to their end: nothing came for "
                                + KafkaClients.UNDECIDED + "; a transaction of another worker is still open");
            }
        }
    }

    private boolean hasMoved(Map<TopicPartition, Long> ends) {
        boolean moved = false;
        for (TopicPartition partition : ends.keySet()) {
            Long position = consumer.position(partition);
            moved |= !position.equals(positions.put(partition, position));
        }
        return moved;
    }
}
