package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Share groups answer at least once, from as many workers as one likes. */
class ShareWorkerTest {

    private static final String SLOW = "request-3";

    @Test
    void twoWorkersShareAPartitionAndASlowRequestHoldsUpNobody() throws Exception {
        TestTopic topic = TestTopic.create(1);
        List<String> ids = new ArrayList<>();
        GatedExecutor one = new GatedExecutor(SLOW::equals);
        GatedExecutor other = new GatedExecutor(SLOW::equals);
        try (ShareWorker first = start(topic, "a", one);
                ShareWorker second = start(topic, "b", other)) {
            Eventually.until("both take some", () -> {
                List<String> more = ids(ids.size() + 20).subList(ids.size(), ids.size() + 20);
                ids.addAll(more);
                topic.request(more);
                return !one.asked.isEmpty() && !other.asked.isEmpty();
            });
            Map<String, List<String>> answers = topic.answers(ids.size() - 1);
            assertThat(answers).doesNotContainKey(SLOW);
            one.open();
            other.open();
            assertAnswered(topic.answers(ids.size()), ids);
            assertThat(first.state().problem()).isEmpty();
            assertThat(second.state().problem()).isEmpty();
        }
    }

    /** The difference to {@link BatchWorker}, which answers an id once. */
    @Test
    void anIdThatIsAskedTwiceIsAnsweredTwice() throws Exception {
        TestTopic topic = TestTopic.create(1);
        topic.request(List.of("a", "a", "b"));
        try (ShareWorker worker = start(topic, "a", new EchoExecutor())) {
            List<String> keys = new ArrayList<>();
            topic.byKey(
                            topic.topics().answers(),
                            found -> found.getOrDefault("a", List.of()).size() == 2 && found.containsKey("b"))
                    .forEach((id, lines) -> lines.forEach(line -> keys.add(id)));
            assertThat(keys).containsExactly("a", "a", "b");
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(topic.records(topic.topics().answered(), found -> true)).isEmpty();
    }

    @Test
    void whatATopicOfARequestDoesNotTakeGoesWhereAllAnswersGo() throws Exception {
        TestTopic topic = TestTopic.create(1);
        String narrow = "reply-" + topic.name();
        RefusedRecordsTest.create(narrow, 100);
        ProducerRecord<byte[], byte[]> request =
                new ProducerRecord<>(topic.topics().requests(), "a".getBytes(UTF_8), TestTopic.line("a"));
        request.headers().add("foretoken-reply-topic", narrow.getBytes(UTF_8));
        topic.send(List.of(request));
        topic.request(List.of("b"));
        try (ShareWorker worker = start(topic, "a", new EchoExecutor())) {
            Map<String, List<String>> answers = topic.answers(2);
            assertThat(answers.get("a")).containsExactly(TestTopic.answerLine("a"));
            assertThat(answers.get("b")).containsExactly(TestTopic.answerLine("b"));
            assertThat(worker.state().problem()).isEmpty();
        }
    }

    /** Who leaves gives back what it did not answer. */
    @Test
    void anotherWorkerAnswersWhatOneLeft() throws Exception {
        TestTopic topic = TestTopic.create(1);
        List<String> ids = ids(10);
        topic.request(ids);
        GatedExecutor gated = new GatedExecutor(id -> true);
        try (ShareWorker first = start(topic, "a", gated)) {
            Eventually.until("it has begun", () -> gated.asked.contains(SLOW));
            assertThat(first.state().problem()).isEmpty();
        }
        try (ShareWorker second = start(topic, "b", new EchoExecutor())) {
            assertAnswered(topic.answers(10), ids);
            assertThat(second.state().problem()).isEmpty();
        }
    }

    @Test
    void whatThereIsNoRoomForWaits() throws Exception {
        TestTopic topic = TestTopic.create(1);
        List<String> ids = ids(20);
        topic.request(ids);
        GatedExecutor gated = new GatedExecutor(id -> true);
        try (ShareWorker worker = start(topic, "a", gated, 5)) {
            Eventually.until("there is no more room", () -> gated.mostAtOnce.get() == 5);
            gated.open();
            assertAnswered(topic.answers(20), ids);
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(gated.mostAtOnce.get()).isEqualTo(5);
    }

    /** More often where a worker is too slow to renew its locks. */
    private static void assertAnswered(Map<String, List<String>> answers, List<String> ids) {
        assertThat(answers.keySet()).containsExactlyInAnyOrderElementsOf(ids);
        answers.forEach((id, lines) -> assertThat(lines).containsOnly(TestTopic.answerLine(id)));
    }

    private static ShareWorker start(TestTopic topic, String instance, EchoExecutor executor) {
        return start(topic, instance, executor, 1000);
    }

    private static ShareWorker start(TestTopic topic, String instance, EchoExecutor executor, int heldRequests) {
        WorkerLimits limits = WorkerLimits.DEFAULTS;
        WorkerLimits impatient = new WorkerLimits(
                limits.pollRecords(),
                heldRequests,
                limits.heldBytes(),
                limits.answerBytes(),
                limits.metadataBytes(),
                limits.transactionAnswers(),
                limits.transactionDelay(),
                limits.rememberedIds(),
                limits.rememberedFor(),
                limits.longestWait(),
                limits.crowdedWait(),
                Duration.ZERO);
        ShareWorker worker =
                new ShareWorker(topic.config(instance, impatient), TestTopic.parts(executor, BatchMetrics.NONE));
        worker.start();
        return worker;
    }
}
