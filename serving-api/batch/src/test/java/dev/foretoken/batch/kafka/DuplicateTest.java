package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** An id is answered once, however often it is asked. */
class DuplicateTest {

    @Test
    void anIdThatIsAskedAgainGetsNoSecondAnswer() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = ids(20);
        GatedExecutor gated = new GatedExecutor(id -> true);
        CountedMetrics first = new CountedMetrics();
        topic.request(ids);
        topic.request(ids);
        try (BatchWorker worker = start(topic, "a", gated, first)) {
            Eventually.until("repetitions of what is under way are known", () -> first.duplicates.get() == 20);
            gated.open();
            assertAnsweredOnce(topic.answers(20), ids);
            topic.request(ids);
            Eventually.until("repetitions of what is answered are known", () -> first.duplicates.get() == 40);
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(gated.asked).containsExactlyInAnyOrderElementsOf(ids);
        CountedMetrics second = new CountedMetrics();
        topic.request(ids);
        topic.request(List.of("new"));
        try (BatchWorker worker = start(topic, "b", new EchoExecutor(), second)) {
            Eventually.until("repetitions are known after a restart", () -> second.duplicates.get() == 20);
            assertThat(topic.answers(21).values()).allMatch(lines -> lines.size() == 1);
            Eventually.until("nothing is left to do", () -> second.lag == 0);
            Eventually.until("what is known is told", () -> second.ids == 21);
            assertThat(second.idBytes).isGreaterThanOrEqualTo(21 * 3 * Long.BYTES);
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(second.answers.get()).isEqualTo(1);
    }

    private static BatchWorker start(TestTopic topic, String instance, EchoExecutor executor, BatchMetrics metrics) {
        BatchWorker worker = new BatchWorker(topic.config(instance), TestTopic.parts(executor, metrics));
        worker.start();
        return worker;
    }
}
