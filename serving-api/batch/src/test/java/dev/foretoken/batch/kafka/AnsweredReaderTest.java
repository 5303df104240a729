package dev.foretoken.batch.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.kafka.AnsweredIds.Known;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** However many ids a topic has, a worker gets to its work. */
class AnsweredReaderTest {

    private static final TopicPartition PLACE = new TopicPartition("answered", 0);
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong polls = new AtomicLong(1000);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
    private final Hasher hasher = new Hasher();
    private final AnsweredIds ids = new AnsweredIds(100);

    /** Each poll takes a minute. */
    private void read(long end) {
        consumer.updateBeginningOffsets(Map.of(PLACE, 5L));
        new AnsweredReader(consumer, () -> nanos.getAndAdd(MINUTE), () -> polls.getAndDecrement() > 0)
                .read(Map.of(PLACE, ids), new HashMap<>(Map.of(PLACE, end)), 100);
    }

    private void later(int id, long offset) {
        consumer.schedulePollTask(() -> consumer.addRecord(new ConsumerRecord<>(
                PLACE.topic(), 0, offset, ("request-" + id).getBytes(US_ASCII), new RequestDigest(id, id).written())));
    }

    private Known known(int id) {
        return ids.known(hasher.id(("request-" + id).getBytes(US_ASCII)), new RequestDigest(id, id));
    }

    @Test
    void readingThatGoesOnTakesAsLongAsItTakes() {
        for (int id = 1; id <= 50; id++) {
            later(id, id + 4);
        }
        read(55);
        assertThat(ids.size()).isEqualTo(50);
        assertThat(known(1)).isEqualTo(Known.REPEATED);
        assertThat(nanos.get()).isGreaterThan(KafkaClients.UNDECIDED.toNanos());
    }

    @Test
    void whatNobodyWantsAnyMoreIsNotReadToItsEnd() {
        for (int id = 1; id <= 50; id++) {
            later(id, id + 4);
        }
        polls.set(3);
        read(55);
        assertThat(ids.size()).isEqualTo(3);
    }

    @Test
    void noMoreIsReadThanIsRemembered() {
        AtomicLong begun = new AtomicLong();
        consumer.schedulePollTask(() -> begun.set(consumer.position(PLACE)));
        later(1, 999_999);
        read(1_000_000);
        assertThat(begun.get()).isEqualTo(1_000_000 - 300);
        assertThat(known(1)).isEqualTo(Known.REPEATED);
    }

    @Test
    void whereNothingMovesSomethingIsWrong() {
        later(1, 5);
        assertThatThrownBy(() -> read(100)).isInstanceOf(TimeoutException.class).hasMessageContaining("still open");
        assertThat(ids.size()).isEqualTo(1);
    }
}
