package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AssignmentTest {

    private static final TopicPartition KEPT = new TopicPartition("t", 0);
    private static final TopicPartition LOST = new TopicPartition("t", 1);

    /** As consumers of the newer protocol, whose own thread clears later what the callback took away. */
    private static final class Late extends MockConsumer<byte[], byte[]> {

        private Set<TopicPartition> cleared = Set.of();

        Late() {
            super(AutoOffsetResetStrategy.EARLIEST.name());
        }

        @Override
        public synchronized Set<TopicPartition> assignment() {
            Set<TopicPartition> all = new HashSet<>(super.assignment());
            all.addAll(cleared);
            return all;
        }
    }

    private final Late consumer = new Late();
    private final Assignment assignment = new Assignment(consumer, loader(), whatBlocks -> {}, () -> {}, () -> {});

    private static PartitionLoader loader() {
        BatchConfig config =
                new BatchConfig("h:1", Map.of(), BatchTopics.DEFAULTS, "group", "a", 2, WorkerLimits.DEFAULTS);
        return new PartitionLoader(config, new KafkaClients(config), null);
    }

    @Test
    void aPartitionThatWasTakenAwayIsLeftAlone() {
        consumer.subscribe(List.of("t"));
        consumer.rebalance(List.of(KEPT, LOST));
        assignment.onPartitionsAssigned(List.of(KEPT, LOST));
        assertThat(consumer.paused()).containsExactlyInAnyOrder(KEPT, LOST);
        consumer.resume(List.of(KEPT, LOST));
        assignment.onPartitionsLost(List.of(LOST));
        consumer.rebalance(List.of(KEPT));
        consumer.cleared = Set.of(LOST);
        assertThat(assignment.regulate(true)).isFalse();
        assertThat(consumer.paused()).containsExactly(KEPT);
    }
}
