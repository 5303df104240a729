package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a worker when another one begins under its name. */
class RebalanceTest {

    @Test
    void whoTakesAnothersNameTakesItsPlace() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = new ArrayList<>(ids(40));
        topic.request(ids);
        GatedExecutor gated = new GatedExecutor(id -> true);
        try (BatchWorker zombie = topic.worker("same", gated)) {
            Eventually.until("it has begun", () -> !gated.asked.isEmpty());
            try (BatchWorker heir = topic.worker("same", new EchoExecutor())) {
                Eventually.until("the heir works", () -> heir.state().phase() == WorkerState.Phase.WORKING);
                gated.open();
                assertAnsweredOnce(topic.answers(ids.size()), ids);
            }
            ids.add("last");
            topic.request(List.of("last"));
            assertAnsweredOnce(topic.answers(ids.size()), ids);
            assertThat(zombie.state().problem()).isEmpty();
        }
    }
}
