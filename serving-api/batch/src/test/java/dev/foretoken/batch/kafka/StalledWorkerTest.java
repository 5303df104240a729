package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A worker that stands still for longer than its group waits for it has lost its place when it wakes up, and commits nothing of what it had. */
class StalledWorkerTest {

    /** @param patience of the group with a worker that stands still */
    static BatchWorker start(TestTopic topic, String instance, StallingExecutor executor, Duration patience) {
        BatchConfig usual = topic.config(instance);
        BatchConfig config = new BatchConfig(
                usual.brokers(),
                Map.of("transaction.timeout.ms", "3000", "max.poll.interval.ms", "" + patience.toMillis()),
                usual.topics(),
                usual.group(),
                usual.instance(),
                usual.partitions(),
                usual.limits());
        BatchWorker worker = new BatchWorker(config, TestTopic.parts(executor, BatchMetrics.NONE));
        worker.start();
        return worker;
    }

    /** Nobody is left in the group by whom the broker could tell that this one does not belong to it. */
    @Test
    void whoWakesInAnEmptyGroupAnswersNothingTwice() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = new ArrayList<>(ids(100));
        StallingExecutor executor = new StallingExecutor();
        executor.stall();
        topic.request(ids);
        try (BatchWorker stalled = start(topic, "a", executor, Duration.ofSeconds(1))) {
            Eventually.until("it stands still", executor::isStalled);
            try (BatchWorker heir = topic.worker("b", new EchoExecutor())) {
                assertAnsweredOnce(topic.answers(ids.size()), ids);
                assertThat(heir.state().problem()).isEmpty();
            }
            executor.wake();
            topic.request(List.of("last"));
            ids.add("last");
            assertAnsweredOnce(topic.answers(ids.size()), ids);
            assertThat(stalled.state().phase()).isEqualTo(WorkerState.Phase.WORKING);
        }
        assertAnsweredOnce(topic.answers(ids.size()), ids);
    }
}
