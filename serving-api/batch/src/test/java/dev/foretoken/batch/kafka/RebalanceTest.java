package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers come and go, and take each other's place; nothing is lost or answered twice. */
class RebalanceTest {

    /** Takes a few milliseconds for each, so that there is always something in flight. */
    private static final class SlowExecutor extends EchoExecutor {
        @Override
        public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
            Thread.sleep(2 + (request.id().hashCode() & 15));
            return super.run(request, cancel);
        }
    }

    @Test
    void workersComeAndGo() throws Exception {
        TestTopic topic = TestTopic.create(6);
        List<String> ids = ids(1500);
        Deque<BatchWorker> workers = new ArrayDeque<>();
        for (int i = 0; i < 5; i++) {
            topic.request(ids.subList(300 * i, 300 * i + 300));
            workers.add(topic.worker("w" + i, new SlowExecutor()));
            if (i % 2 == 1) {
                workers.remove().close();
            }
        }
        assertAnsweredOnce(topic.answers(ids.size()), ids);
        workers.forEach(BatchWorker::close);
        assertThat(topic.byKey(topic.topics().answered(), found -> true).keySet())
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void whoTakesAnothersNameTakesItsPlace() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = ids(40);
        topic.request(ids);
        GatedExecutor gated = new GatedExecutor(id -> true);
        try (BatchWorker zombie = topic.worker("same", gated)) {
            Eventually.until("it has begun", () -> !gated.asked.isEmpty());
            try (BatchWorker heir = topic.worker("same", new EchoExecutor())) {
                Eventually.until("the heir works", () -> heir.state().phase() == WorkerState.Phase.WORKING);
                gated.open();
                assertAnsweredOnce(topic.answers(ids.size()), ids);
            }
            assertThat(zombie.state().phase()).isNotEqualTo(WorkerState.Phase.CLOSED);
        }
        assertAnsweredOnce(topic.answers(ids.size()), ids);
    }
}
