package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.TestTopic.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What cannot be answered well is answered badly, once, and holds nobody up. */
class FailureTest {

    /** Fails by the beginning of the id. */
    private static final class FailingExecutor extends EchoExecutor {

        private final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();

        @Override
        public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
            int count = tries.computeIfAbsent(request.id(), id -> new AtomicInteger())
                    .incrementAndGet();
            return switch (request.id().split("-")[0]) {
                case "twice" -> count <= 2 ? failure(429, ErrorCode.QUEUE_FULL) : super.run(request, cancel);
                case "always" -> failure(503, ErrorCode.REPLICA_LOST);
                case "late" -> count <= 9 ? failure(503, ErrorCode.REPLICA_UNAVAILABLE) : super.run(request, cancel);
                case "unknown" -> failure(404, ErrorCode.MODEL_NOT_FOUND);
                case "broken" -> throw new IllegalStateException("broken");
                case "long" -> new BatchAnswer(200, "r", body(1_200_000), Optional.empty());
                default -> super.run(request, cancel);
            };
        }

        private static BatchAnswer failure(int status, ErrorCode code) {
            return new BatchAnswer(status, "r", "{\"error\":{}}".getBytes(UTF_8), Optional.of(code));
        }

        private static byte[] body(int bytes) {
            byte[] body = new byte[bytes];
            Arrays.fill(body, (byte) '1');
            return body;
        }
    }

    private final FailingExecutor executor = new FailingExecutor();
    private final CountedMetrics metrics = new CountedMetrics();

    @Test
    void everyIdGetsOneAnswerWhateverBecomesOfIt() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<String> ids = List.of("twice-1", "late-1", "always-1", "unknown-1", "broken-1", "long-1", "good-1");
        topic.request(ids);
        try (BatchWorker worker = start(topic)) {
            Map<String, List<String>> answers = topic.answers(ids.size());
            assertThat(answers.values()).allMatch(lines -> lines.size() == 1);
            assertThat(answers.get("good-1")).containsExactly(TestTopic.answerLine("good-1"));
            assertThat(answers.get("twice-1")).containsExactly(TestTopic.answerLine("twice-1"));
            assertThat(answers.get("late-1")).containsExactly(TestTopic.answerLine("late-1"));
            assertThat(answers.get("always-1").getFirst()).contains("\"status_code\":503");
            assertThat(answers.get("unknown-1").getFirst()).contains("\"status_code\":404");
            assertThat(answers.get("broken-1").getFirst()).contains("\"status_code\":500", "internal_error");
            assertThat(answers.get("long-1").getFirst()).contains("\"status_code\":413", "payload_too_large");
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(executor.tries.get("twice-1").get()).isEqualTo(3);
        assertThat(executor.tries.get("always-1").get()).isEqualTo(4);
        assertThat(executor.tries.get("unknown-1").get()).isEqualTo(1);
        assertThat(metrics.retries.get()).isEqualTo(14);
    }

    @Test
    void whatIsNoRequestGoesToTheDeadLettersWithTheReason() throws Exception {
        TestTopic topic = TestTopic.create(2);
        List<ProducerRecord<byte[], byte[]>> bad = new ArrayList<>();
        bad.add(record(topic, "malformed", "{not JSON"));
        bad.getFirst().headers().add("traceparent", "kept".getBytes(UTF_8));
        bad.add(record(
                topic, "elsewhere", new String(TestTopic.line("elsewhere"), UTF_8).replace("/v1/compl", "/v9/")));
        bad.add(record(topic, "oversized", " ".repeat(200_000)));
        bad.add(record(topic, null, "nameless"));
        topic.send(bad);
        topic.request(List.of("good-1"));
        try (BatchWorker worker = start(topic)) {
            Map<String, List<String>> answers = topic.answers(4);
            assertThat(answers.keySet()).containsExactlyInAnyOrder("malformed", "elsewhere", "oversized", "good-1");
            assertThat(answers.get("malformed").getFirst()).contains("\"status_code\":400");
            List<ConsumerRecord<byte[], byte[]>> letters =
                    topic.records(topic.topics().deadLetters(), found -> found.size() >= 4);
            assertThat(letters)
                    .extracting(letter -> header(letter, "foretoken-reason").orElseThrow())
                    .containsExactlyInAnyOrder("malformed", "unknown_endpoint", "oversized", "malformed");
            assertThat(letters).anyMatch(letter -> header(letter, "traceparent").equals(Optional.of("kept")));
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(metrics.deadLetters).hasSize(4);
        assertThat(executor.tries).containsOnlyKeys("good-1");
    }

    @Test
    void aRequestWhoseDeadlinePassedIsAnsweredWithoutARun() throws Exception {
        TestTopic topic = TestTopic.create(1);
        ProducerRecord<byte[], byte[]> late = record(topic, "late", new String(TestTopic.line("late"), UTF_8));
        late.headers().add("foretoken-deadline", "2020-01-01T00:00:00Z".getBytes(UTF_8));
        topic.send(List.of(late));
        try (BatchWorker worker = start(topic)) {
            assertThat(topic.answers(1).get("late").getFirst()).contains("\"status_code\":504", "deadline_exceeded");
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(executor.tries).isEmpty();
    }

    @Test
    void answersGoWhereTheRequestSaysIfThatIsThere() throws Exception {
        TestTopic topic = TestTopic.create(1);
        String there = "reply-" + topic.name();
        try (Admin admin = KafkaBroker.shared().admin()) {
            admin.createTopics(List.of(new NewTopic(there, 1, (short) 1))).all().get();
        }
        topic.send(List.of(
                withReply(record(topic, "a", new String(TestTopic.line("a"), UTF_8)), there),
                withReply(record(topic, "b", new String(TestTopic.line("b"), UTF_8)), "reply-nowhere"),
                withReply(record(topic, "c", new String(TestTopic.line("c"), UTF_8)), "forbidden"),
                withReply(record(topic, "d", "{not JSON"), there)));
        try (BatchWorker worker = start(topic)) {
            Map<String, List<String>> own = topic.byKey(there, found -> found.size() == 2);
            assertThat(own).containsOnlyKeys("a", "d");
            assertThat(own.get("d").getFirst()).contains("\"status_code\":400");
            assertThat(topic.records(topic.topics().deadLetters(), found -> found.size() == 2))
                    .hasSize(2);
            Map<String, List<String>> others = topic.answers(2);
            assertThat(others).containsOnlyKeys("b", "c");
            assertThat(others.get("b")).containsExactly(TestTopic.answerLine("b"));
            assertThat(others.get("c").getFirst()).contains("\"status_code\":400");
            assertThat(worker.state().problem()).isEmpty();
        }
    }

    private BatchWorker start(TestTopic topic) {
        BatchWorker worker = new BatchWorker(topic.config("a"), TestTopic.parts(executor, metrics));
        worker.start();
        return worker;
    }

    private static ProducerRecord<byte[], byte[]> withReply(ProducerRecord<byte[], byte[]> record, String topic) {
        record.headers().add("foretoken-reply-topic", topic.getBytes(UTF_8));
        return record;
    }

    private static ProducerRecord<byte[], byte[]> record(TestTopic topic, String key, String value) {
        byte[] id = key == null ? null : key.getBytes(UTF_8);
        return new ProducerRecord<>(topic.topics().requests(), id, value.getBytes(UTF_8));
    }
}
