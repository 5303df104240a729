package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Engines that take longer for a request than the group waits for its members: their worker keeps its place, and begins no more meanwhile. */
@EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
class SlowEngineTest {

    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final int MOST = 8;

    @Test
    void noRequestIsGivenToAnother() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = ids(300);
        topic.request(ids);
        GatedExecutor slow = new GatedExecutor(id -> true);
        try (BatchWorker worker = worker(topic, slow)) {
            Eventually.until("it is as full as it may be", () -> slow.asked.size() == MOST);
            long from = System.nanoTime();
            Eventually.until("the group has waited twice", () -> System.nanoTime() - from > 2 * INTERVAL.toNanos());
            assertThat(slow.asked).hasSize(MOST);
            slow.open();
            assertAnsweredOnce(topic.answers(ids.size()), ids);
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(slow.asked).as("each is run once").containsExactlyInAnyOrderElementsOf(ids);
        assertThat(slow.mostAtOnce.get()).isEqualTo(MOST);
    }

    private static BatchWorker worker(TestTopic topic, GatedExecutor executor) {
        Map<String, String> client =
                Map.of("transaction.timeout.ms", "3000", "max.poll.interval.ms", Long.toString(INTERVAL.toMillis()));
        BatchConfig config =
                new BatchConfig(topic.brokers(), client, topic.topics(), topic.name(), "a", 2, WorkerLimits.DEFAULTS);
        BatchWorker worker = new BatchWorker(config, TestTopic.parts(executor, BatchMetrics.NONE, MOST));
        worker.start();
        return worker;
    }
}
