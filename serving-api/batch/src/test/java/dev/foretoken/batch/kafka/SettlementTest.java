package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlementTest {

    private static final int LONG = 500_000;
    private static final ConsumerGroupMetadata GROUP =
            new MockConsumer<byte[], byte[]>(AutoOffsetResetStrategy.EARLIEST.name()).groupMetadata();

    private final List<Integer> flushedAt = new ArrayList<>();
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"));
    private final Partition partition = Partition.shared(new TopicPartition("requests", 0));
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public synchronized void flush() {
                    flushedAt.add(uncommittedRecords().size());
                    super.flush();
                }
            };
    private final Settlement settlement = new Settlement(
            new Transactions(producer),
            new Substitutes(
                    admin, new ReplyPlaces(admin, BatchTopics.DEFAULTS, System::nanoTime), "dead-letters", 1 << 20),
            () -> GROUP,
            WorkerLimits.DEFAULTS,
            BatchMetrics.NONE);

    @BeforeEach
    void begin() {
        producer.initTransactions();
    }

    @AfterEach
    void close() {
        admin.close(Duration.ZERO);
    }

    /** It must end within its time, whatever the answers come to. */
    @Test
    void longAnswersAreInSeveralTransactions() {
        settlement.add(outcomes(0, 16, LONG), 0);
        assertThat(settlement.isDue(List.of(partition), 0, false)).isFalse();
        settlement.add(outcomes(16, 24, LONG), 0);
        assertThat(settlement.isDue(List.of(partition), 0, false)).isTrue();
        assertThat(settlement.commit(List.of(partition), 0)).isTrue();
        assertThat(producer.history()).hasSize(17);
        assertThat(partition.offsets().committed()).isEqualTo(17);
        assertThat(settlement.isDue(List.of(partition), 0, false)).isTrue();
        settlement.commit(List.of(partition), 0);
        settlement.commit(List.of(partition), 0);
        assertThat(producer.history()).hasSize(40);
        assertThat(settlement.bytes()).isZero();
    }

    @Test
    void shortAnswersAreInOne() {
        settlement.add(outcomes(0, 1200, 100), 0);
        assertThat(settlement.isDue(List.of(partition), 0, false)).isTrue();
        settlement.commit(List.of(partition), 0);
        assertThat(producer.history()).hasSize(1000);
        settlement.commit(List.of(partition), 0);
        assertThat(producer.history()).hasSize(1200);
    }

    /** A transaction of a thousand answers that flushed after each would not end within its time. */
    @Test
    void onlyWhatWasRefusedIsSentAlone() {
        List<Outcome> outcomes = outcomes(0, 100, 100);
        Set<Outcome> refused = Set.of(outcomes.get(50), outcomes.get(60));
        new Transactions(producer).send(outcomes, Map.of(partition.name(), new OffsetAndMetadata(100)), GROUP, refused);
        assertThat(flushedAt).startsWith(50, 51, 60, 61).hasSizeLessThan(10);
    }

    private List<Outcome> outcomes(int first, int count, int bytes) {
        return IntStream.range(first, first + count)
                .mapToObj(offset -> {
                    partition.offsets().take(offset);
                    return new Outcome(
                            partition,
                            offset,
                            List.of(new ProducerRecord<>("answers", new byte[bytes])),
                            200,
                            "",
                            null);
                })
                .toList();
    }
}
