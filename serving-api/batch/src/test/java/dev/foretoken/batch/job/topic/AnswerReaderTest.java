package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.AnswerRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A topic of two partitions that outlives its readers. */
class AnswerReaderTest {

    private static final String TOPIC = "job-answers";
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private final Flights flights = new Flights();
    private final AnswerReader reader = new AnswerReader(TOPIC, flights);
    private final List<Written> log = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private int partitions = 2;
    private Client client;

    private record Written(int partition, long offset, Instant at, String id, byte[] value) {}

    private static TopicPartition partition(int index) {
        return new TopicPartition(TOPIC, index);
    }

    /** One of many that read the log after each other. */
    private final class Client extends MockConsumer<byte[], byte[]> {
        boolean isSlow;

        Client() {
            super("none");
            List<PartitionInfo> infos = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                infos.add(new PartitionInfo(TOPIC, i, null, null, null));
            }
            updatePartitions(TOPIC, infos);
            tellEnds();
        }

        void tellEnds() {
            Map<TopicPartition, Long> ends = new HashMap<>();
            for (int i = 0; i < 2; i++) {
                ends.put(partition(i), end(i));
            }
            updateEndOffsets(ends);
        }

        @Override
        public synchronized void seek(TopicPartition partition, long offset) {
            super.seek(partition, offset);
            log.stream()
                    .filter(one -> one.partition() == partition.partition() && one.offset() >= offset)
                    .forEach(this::give);
        }

        void give(Written one) {
            addRecord(new ConsumerRecord<>(
                    TOPIC, one.partition(), one.offset(), one.id().getBytes(US_ASCII), one.value()));
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            if (isSlow) {
                isSlow = false;
                throw new TimeoutException("not now");
            }
            Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
            times.forEach((partition, time) -> found.put(
                    partition,
                    log.stream()
                            .filter(one -> one.partition() == partition.partition()
                                    && one.at().toEpochMilli() >= time)
                            .findFirst()
                            .map(one -> new OffsetAndTimestamp(
                                    one.offset(), one.at().toEpochMilli()))
                            .orElse(null)));
            return found;
        }
    }

    private long end(int partition) {
        return log.stream().filter(one -> one.partition() == partition).count();
    }

    private void write(int partition, Instant at, String id, String requestId) {
        byte[] value = AnswerRecord.of(
                        TOPIC,
                        new BatchRequest(id, BatchEndpoint.COMPLETIONS, new byte[0]),
                        new BatchAnswer(200, requestId, "{}".getBytes(UTF_8), Optional.empty()))
                .value();
        write(new Written(partition, end(partition), at, id, value));
    }

    private void write(Written one) {
        log.add(one);
        if (client != null) {
            client.give(one);
            client.tellEnds();
        }
    }

    private void connect() {
        client = new Client();
        assertThat(reader.place(client)).isTrue();
    }

    private void add(String id) {
        flights.add(
                new BatchRequest(id, BatchEndpoint.COMPLETIONS, new byte[0]),
                answer -> told.add(id + ":" + answer.orElseThrow().requestId()));
    }

    @BeforeEach
    void watch() {
        flights.watch("old", (id, answer) -> told.add("found " + id + ":" + answer.requestId()));
    }

    @Test
    void answersAreReadFromTheEndOn() {
        write(0, NOON, "old_0", "before");
        connect();
        add("new_0");
        write(0, NOON, "new_0", "r");
        write(1, NOON, "others_0", "r");
        reader.read(client);
        assertThat(told).containsExactly("new_0:r");
    }

    /** Between an ask and its number the reader could go back for it and count it for nobody. */
    @Test
    @Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoAsksAtAnyMomentIsCaughtUpWith() throws InterruptedException {
        write(0, NOON, "old_0", "r");
        connect();
        Thread asker = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < 2000; i++) {
                BooleanSupplier caughtUp = reader.readSince(NOON);
                while (!caughtUp.getAsBoolean()) {
                    Thread.onSpinWait();
                }
            }
        });
        while (asker.isAlive()) {
            reader.read(client);
        }
        assertThat(told).isNotEmpty();
    }

    @Test
    void aTopicThatIsNotThereIsLookedForAgain() {
        partitions = 0;
        client = new Client();
        assertThat(reader.place(client)).isFalse();
        assertThat(reader.isPlaced()).isFalse();
        partitions = 2;
        connect();
        assertThat(reader.isPlaced()).isTrue();
    }

    @Test
    void theNextClientGoesOnWhereTheLastOneWas() {
        connect();
        write(0, NOON, "old_0", "r0");
        write(1, NOON, "old_1", "r1");
        reader.read(client);
        client = null;
        write(0, NOON, "old_2", "r2");
        write(1, NOON, "old_3", "r3");
        connect();
        reader.read(client);
        assertThat(told)
                .containsExactlyInAnyOrder("found old_0:r0", "found old_1:r1", "found old_2:r2", "found old_3:r3");
    }

    @Test
    void aClientThatEndsBeforeItReadAnythingLosesNothing() {
        connect();
        client = null;
        write(0, NOON, "old_0", "r");
        connect();
        client.setPollException(new KafkaException("gone"));
        assertThatThrownBy(() -> reader.read(client)).hasMessage("gone");
        connect();
        reader.read(client);
        assertThat(told).containsExactly("found old_0:r");
    }

    @Test
    void whatWasWrittenSinceThenIsReadAgainLessAnHour() {
        write(0, NOON.minus(Duration.ofHours(2)), "old_0", "too old");
        write(0, NOON.minus(Duration.ofMinutes(50)), "old_1", "of a slow clock");
        write(1, NOON.plusSeconds(1), "old_2", "r");
        connect();
        reader.readSince(NOON);
        reader.read(client);
        assertThat(told).containsExactlyInAnyOrder("found old_1:of a slow clock", "found old_2:r");
    }

    @Test
    void ofSeveralWhoAskTheEarliestCounts() {
        write(0, NOON.minus(Duration.ofHours(5)), "old_0", "r0");
        write(0, NOON, "old_1", "r1");
        connect();
        reader.readSince(NOON);
        reader.readSince(NOON.minus(Duration.ofHours(5)));
        reader.readSince(NOON);
        reader.read(client);
        assertThat(told).containsExactly("found old_0:r0", "found old_1:r1");
    }

    /** What was read further back is not passed over where a later time is asked for before it is reached. */
    @Test
    void goingBackNeverGoesForward() {
        write(0, NOON.minus(Duration.ofHours(5)), "old_0", "r0");
        write(0, NOON, "old_1", "r1");
        connect();
        reader.readSince(NOON.minus(Duration.ofHours(5)));
        client.schedulePollTask(() -> {
            client.setPollException(new KafkaException("gone"));
        });
        assertThatThrownBy(() -> reader.read(client)).hasMessage("gone");
        connect();
        reader.readSince(NOON);
        reader.read(client);
        assertThat(told).containsExactly("found old_0:r0", "found old_1:r1");
    }

    @Test
    void whoAskedIsCaughtUpWhenAllIsTold() {
        write(0, NOON, "old_0", "r0");
        write(1, NOON, "old_1", "r1");
        connect();
        BooleanSupplier isCaughtUp = reader.readSince(NOON);
        client.isSlow = true;
        assertThatThrownBy(() -> reader.read(client)).isInstanceOf(TimeoutException.class);
        assertThat(isCaughtUp.getAsBoolean()).isFalse();
        client.pause(List.of(partition(1)));
        reader.read(client);
        assertThat(isCaughtUp.getAsBoolean()).isFalse();
        client.resume(List.of(partition(1)));
        reader.read(client);
        assertThat(isCaughtUp.getAsBoolean()).isTrue();
        assertThat(told).containsExactlyInAnyOrder("found old_0:r0", "found old_1:r1");
        assertThat(reader.readSince(NOON).getAsBoolean()).isFalse();
    }

    @Test
    void whatIsNoAnswerIsPassedOver() {
        connect();
        add("a_0");
        write(new Written(0, 0, NOON, "a_0", "no JSON".getBytes(UTF_8)));
        write(0, NOON, "a_0", "r");
        client.addRecord(new ConsumerRecord<>(TOPIC, 1, 0, null, new byte[0]));
        client.addRecord(new ConsumerRecord<>(TOPIC, 1, 1, "a_0".getBytes(US_ASCII), null));
        reader.read(client);
        assertThat(told).containsExactly("a_0:r");
    }
}
