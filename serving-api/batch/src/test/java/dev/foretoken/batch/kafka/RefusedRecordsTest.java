package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static dev.foretoken.batch.kafka.TestTopic.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

/** A record that its topic does not take holds up none of those that are in the same transaction. */
class RefusedRecordsTest {

    /** Answers with as many bytes as the id says at its end, if it says. */
    private static final class LongExecutor extends EchoExecutor {
        @Override
        public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
            if (!request.id().startsWith("long-")) {
                return super.run(request, cancel);
            }
            byte[] body = new byte[Integer.parseInt(request.id().substring(5))];
            Arrays.fill(body, (byte) '1');
            return new BatchAnswer(200, "r", body, Optional.empty());
        }
    }

    private final CountedMetrics metrics = new CountedMetrics();

    /** All short ones together are longer than a batch may be, too. */
    @Test
    void answersThatAreTooLongBecomeErrorsAndOthersStayAsTheyAre() throws Exception {
        TestTopic topic = TestTopic.withShortAnswers(3000);
        List<String> good = ids(50);
        topic.request(good);
        topic.request(List.of("long-2500", "long-3001", "long-200000"));
        try (BatchWorker worker = start(topic)) {
            Map<String, List<String>> answers = topic.answers(53);
            for (String id : good) {
                assertThat(answers.get(id)).containsExactly(TestTopic.answerLine(id));
            }
            assertThat(answers.get("long-2500").getFirst()).contains("\"status_code\":200");
            for (String id : List.of("long-3001", "long-200000")) {
                assertThat(answers.get(id)).hasSize(1);
                assertThat(answers.get(id).getFirst()).contains("\"status_code\":413", "payload_too_large");
            }
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(metrics.aborts.get()).isPositive();
    }

    @Test
    void whatATopicOfARequestDoesNotTakeGoesWhereAllAnswersGo() throws Exception {
        TestTopic topic = TestTopic.create(1);
        String narrow = "reply-" + topic.name();
        create(narrow, 100);
        ProducerRecord<byte[], byte[]> request =
                new ProducerRecord<>(topic.topics().requests(), "a".getBytes(UTF_8), TestTopic.line("a"));
        request.headers().add("foretoken-reply-topic", narrow.getBytes(UTF_8));
        topic.send(List.of(request));
        topic.request(List.of("b"));
        try (BatchWorker worker = start(topic)) {
            Map<String, List<String>> answers = topic.answers(2);
            assertThat(answers.get("a")).containsExactly(TestTopic.answerLine("a"));
            assertThat(answers.get("b")).containsExactly(TestTopic.answerLine("b"));
            assertThat(worker.state().problem()).isEmpty();
        }
    }

    @Test
    void lettersThatAreTooLongKeepTheReasonAlone() throws Exception {
        TestTopic topic = TestTopic.create(1);
        create(topic.topics().deadLetters(), 1500);
        String own = "reply-" + topic.name();
        create(own, 100_000);
        ProducerRecord<byte[], byte[]> elsewhere = bad(topic, "elsewhere");
        elsewhere.headers().add("foretoken-reply-topic", own.getBytes(UTF_8));
        topic.send(List.of(bad(topic, "bad"), elsewhere));
        topic.request(List.of("good"));
        try (BatchWorker worker = start(topic)) {
            assertThat(topic.answers(2).get("good")).containsExactly(TestTopic.answerLine("good"));
            assertThat(topic.byKey(own, found -> !found.isEmpty()).get("elsewhere"))
                    .singleElement()
                    .asString()
                    .contains("\"status_code\":400");
            assertThat(topic.records(topic.topics().deadLetters(), found -> found.size() >= 2))
                    .hasSize(2)
                    .allSatisfy(letter -> {
                        assertThat(letter.value()).isNull();
                        assertThat(header(letter, "foretoken-reason")).contains("malformed");
                        assertThat(header(letter, "foretoken-cut").orElseThrow())
                                .contains("takes no longer records");
                        assertThat(header(letter, "kept")).isEmpty();
                    });
            assertThat(worker.state().problem()).isEmpty();
        }
        assertThat(metrics.deadLetters).containsExactly("malformed", "malformed");
    }

    private static ProducerRecord<byte[], byte[]> bad(TestTopic topic, String id) {
        ProducerRecord<byte[], byte[]> bad = new ProducerRecord<>(
                topic.topics().requests(), id.getBytes(UTF_8), " ".repeat(5000).getBytes(UTF_8));
        bad.headers().add("kept", "no".getBytes(UTF_8));
        return bad;
    }

    @Test
    void whatWasRefusedOnlyWithOthersOfItsBatchIsSentAgainAsItIs() throws Exception {
        TestTopic topic = TestTopic.withShortAnswers(3000);
        Outcome small = outcome(topic, 2800);
        Outcome large = outcome(topic, 3001);
        try (Admin admin = KafkaBroker.shared().admin()) {
            ReplyPlaces places = new ReplyPlaces(admin, topic.topics(), System::nanoTime);
            Substitutes substitutes =
                    new Substitutes(admin, places, topic.topics().deadLetters(), 1 << 20);
            Map<Outcome, Transactions.Refusal> refused = Map.of(small, refusal(small), large, refusal(large));
            List<Outcome> begun = new ArrayList<>(List.of(small, large));
            assertThat(substitutes.replace(begun, refused, Set.of())).isTrue();
            assertThat(begun.get(0)).isSameAs(small);
            assertThat(begun.get(1).bytes()).isZero();
            begun = new ArrayList<>(List.of(small));
            assertThat(substitutes.replace(begun, refused, Set.of())).isFalse();
            assertThat(substitutes.replace(begun, refused, Set.of(small))).isTrue();
            assertThat(begun.get(0).bytes()).isZero();
        }
    }

    /** Gateways look for answers of jobs in no other topic, and an id that was answered is not answered again. */
    @Test
    void answersOfJobsWaitForTheirTopic() throws Exception {
        TestTopic topic = TestTopic.create(1);
        try (Admin admin = KafkaBroker.shared().admin()) {
            ReplyPlaces places = new ReplyPlaces(admin, topic.topics(), System::nanoTime);
            assertThat(places.orUsual("absent-" + topic.name()))
                    .isEqualTo(topic.topics().answers());
            assertThat(places.orUsual(topic.topics().jobAnswers()))
                    .isEqualTo(topic.topics().jobAnswers());
            assertThat(places.hasNoOther(topic.topics().jobAnswers())).isTrue();
            assertThat(places.hasNoOther("absent-" + topic.name())).isFalse();
        }
    }

    private static Outcome outcome(TestTopic topic, int bytes) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic.topics().answers(), "key".getBytes(UTF_8), new byte[bytes]);
        Partition partition = Partition.shared(new TopicPartition(topic.topics().requests(), 0));
        return new Outcome(partition, bytes, List.of(record), 0, "malformed", null);
    }

    private static Transactions.Refusal refusal(Outcome outcome) {
        return new Transactions.Refusal(outcome.records().getFirst(), new RecordTooLargeException("refused"));
    }

    /** A topic that takes no longer records. */
    static void create(String name, int longest) throws Exception {
        try (Admin admin = KafkaBroker.shared().admin()) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
            TestTopic.awaitLeaders(admin, name, 1);
        }
        TestTopic.limit(name, longest);
    }

    private BatchWorker start(TestTopic topic) {
        BatchWorker worker = new BatchWorker(topic.config("a"), TestTopic.parts(new LongExecutor(), metrics));
        worker.start();
        return worker;
    }
}
