package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With a real broker: what is asked in one topic is answered in the other. */
class BatchWorkerTest {

    @Test
    void answersEveryRequestOnce() throws Exception {
        TestTopic topic = TestTopic.create(3);
        List<String> ids = ids(300);
        topic.request(ids);
        try (BatchWorker worker = topic.worker("a", new EchoExecutor())) {
            assertAnsweredOnce(topic.answers(ids.size()), ids);
            assertThat(worker.state().phase()).isEqualTo(WorkerState.Phase.WORKING);
        }
    }

    @Test
    void anotherWorkerGoesOnWhereOneEnded() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = ids(40);
        topic.request(ids.subList(0, 20));
        try (BatchWorker first = topic.worker("a", new EchoExecutor())) {
            assertThat(topic.answers(20)).hasSize(20);
            assertThat(first.state().problem()).isEmpty();
        }
        topic.request(ids.subList(20, 40));
        try (BatchWorker second = topic.worker("b", new EchoExecutor())) {
            assertAnsweredOnce(topic.answers(40), ids);
            assertThat(second.state().problem()).isEmpty();
        }
    }

    static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "request-" + i).toList();
    }

    static void assertAnsweredOnce(Map<String, List<String>> answers, List<String> ids) {
        assertThat(answers.keySet()).containsExactlyInAnyOrderElementsOf(ids);
        answers.forEach((id, lines) -> assertThat(lines).containsExactly(TestTopic.answerLine(id)));
    }
}
