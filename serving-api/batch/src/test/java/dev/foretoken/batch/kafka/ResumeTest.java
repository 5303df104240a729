package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Answers come in any order, and a worker that follows repeats none of them. */
class ResumeTest {

    private static final String SLOW = "request-3";

    @Test
    void whatIsAnsweredBeyondASlowRequestIsNotRunAgain() throws Exception {
        TestTopic topic = TestTopic.create(1);
        List<String> ids = ids(50);
        topic.request(ids);
        GatedExecutor first = new GatedExecutor(SLOW::equals);
        try (BatchWorker worker = start(topic, "a", first, limits(4096, 4096))) {
            assertThat(topic.answers(49)).doesNotContainKey(SLOW);
            assertThat(worker.state().problem()).isEmpty();
        }
        OffsetAndMetadata committed = committed(topic);
        assertThat(committed.offset()).isEqualTo(3);
        assertThat(committed.metadata()).isNotEmpty();
        GatedExecutor second = new GatedExecutor(id -> false);
        try (BatchWorker worker = start(topic, "b", second, limits(4096, 4096))) {
            assertAnsweredOnce(topic.answers(50), ids);
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(second.asked).containsExactly(SLOW);
        assertThat(committed(topic).offset()).isEqualTo(50);
    }

    @Test
    void takesNoMoreThanItMayHold() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = ids(300);
        topic.request(ids);
        GatedExecutor gated = new GatedExecutor(id -> true);
        try (BatchWorker worker = start(topic, "a", gated, limits(10, 4096))) {
            Eventually.until("it is as full as it may be", () -> gated.mostAtOnce.get() == 10);
            int before = gated.rooms.get();
            Eventually.until("it asks its broker again and again", () -> gated.rooms.get() >= before + 10);
            gated.open();
            assertAnsweredOnce(topic.answers(300), ids);
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(gated.mostAtOnce.get()).isEqualTo(10);
    }

    @Test
    void takesNoMoreThanTheMetadataOfACommitCouldSay() throws Exception {
        TestTopic topic = TestTopic.create(1);
        List<String> ids = ids(1000);
        topic.request(ids);
        GatedExecutor gated = new GatedExecutor(id -> Integer.parseInt(id.substring(8)) % 2 == 0);
        try (BatchWorker worker = start(topic, "a", gated, limits(4096, 64))) {
            Eventually.until("a commit says what is complete beyond it", () -> {
                OffsetAndMetadata committed = committed(topic);
                return committed != null && !committed.metadata().isEmpty();
            });
            assertThat(committed(topic).metadata().length()).isLessThanOrEqualTo(64);
            assertThat(gated.asked).hasSizeLessThan(500);
            gated.open();
            assertAnsweredOnce(topic.answers(1000), ids);
            assertThat(worker.state().problem()).isEmpty();
        }
    }

    private static BatchWorker start(TestTopic topic, String instance, GatedExecutor executor, WorkerLimits limits) {
        BatchWorker worker =
                new BatchWorker(topic.config(instance, limits), TestTopic.parts(executor, BatchMetrics.NONE));
        worker.start();
        return worker;
    }

    /** Without patience for what runs when the worker is closed. */
    private static WorkerLimits limits(int heldRequests, int metadataBytes) {
        return new WorkerLimits(
                500,
                heldRequests,
                16 << 20,
                100_000,
                metadataBytes,
                100,
                Duration.ofMillis(20),
                1000,
                Duration.ofDays(1),
                Duration.ofDays(1),
                Duration.ofHours(1),
                Duration.ZERO);
    }

    private static OffsetAndMetadata committed(TestTopic topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic.topics().requests(), 0);
        try (Admin admin = KafkaBroker.shared().admin()) {
            Map<TopicPartition, OffsetAndMetadata> all = admin.listConsumerGroupOffsets(topic.name())
                    .partitionsToOffsetAndMetadata()
                    .get();
            return all.get(partition);
        }
    }
}
