package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.batch.record.HeaderNames;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker, with answers that the test writes itself. */
@Timeout(300)
class TopicSessionTest {

    private static final BatchTopics TOPICS = BatchTopics.named("session-requests", "session-answers");
    private static final KafkaBroker BROKER = KafkaBroker.shared();
    private static final Connection CONNECTION = new Connection(BROKER.address(), Map.of());
    private static final String GROUP = "session";

    @TempDir
    private Path folder;

    @BeforeAll
    static void create() throws Exception {
        try (Admin admin = BROKER.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(TOPICS.requests(), 2, (short) 1),
                            new NewTopic(TOPICS.answers(), 2, (short) 1),
                            new NewTopic(TOPICS.deadLetters(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private RequestFile file(String... ids) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String id : ids) {
            lines.add("{\"custom_id\":\"" + id + "\",\"url\":\"/v1/completions\",\"body\":{}}");
        }
        return new RequestFile(Files.write(folder.resolve("requests.jsonl"), lines));
    }

    private static void answer(String topic, String id) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers", BROKER.address(),
                "key.serializer", ByteArraySerializer.class,
                "value.serializer", ByteArraySerializer.class))) {
            producer.send(
                    new ProducerRecord<>(topic, id.getBytes(US_ASCII), ("{\"" + id + "\":1}").getBytes(US_ASCII)));
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> sent(FileIds ids) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of(
                "bootstrap.servers",
                BROKER.address(),
                "auto.offset.reset",
                "earliest",
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class))) {
            consumer.assign(
                    List.of(new TopicPartition(TOPICS.requests(), 0), new TopicPartition(TOPICS.requests(), 1)));
            while (found.size() < ids.count()) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    if (ids.of(record.key()).filter(ids.ids()::contains).isPresent()) {
                        found.add(record);
                    }
                });
            }
        }
        return found;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void sendsEveryLineUnderItsIdWithItsMarks() throws Exception {
        FileIds ids;
        List<Integer> progress = new ArrayList<>();
        Instant deadline = Instant.parse("2030-01-01T00:00:00Z");
        try (TopicSession session = TopicSession.open(CONNECTION, TOPICS)) {
            session.requireTopics();
            RequestFile file = file("m1", "m2", "m3");
            ids = file.check(Optional.of("team"));
            session.send(
                    file,
                    ids,
                    new RequestMarks(Optional.of("team"), Optional.of(Priority.LOW), Optional.of(deadline)),
                    progress::add);
        }
        List<ConsumerRecord<byte[], byte[]>> found = sent(ids);
        assertThat(found)
                .extracting(record -> new String(record.value(), UTF_8))
                .contains("{\"custom_id\":\"" + ids.prefix() + "m2\",\"url\":\"/v1/completions\",\"body\":{}}");
        assertThat(found).allSatisfy(record -> {
            assertThat(header(record, HeaderNames.TENANT)).isEqualTo("team");
            assertThat(header(record, HeaderNames.PRIORITY)).isEqualTo("low");
            assertThat(header(record, HeaderNames.DEADLINE)).isEqualTo("2030-01-01T00:00:00Z");
            assertThat(header(record, HeaderNames.VERSION)).isEqualTo("1");
        });
        assertThat(progress).containsExactly(1, 2, 3);
    }

    @Test
    void findsAnswersThatWereThereBeforeAndThoseThatCome() throws Exception {
        Instant before = Instant.now();
        answer(TOPICS.answers(), "f1");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TopicSession session = TopicSession.open(CONNECTION, TOPICS)) {
            Answers answers = session.follow(new FileIds("", Set.of("f1", "f2", "f3")), before.minusSeconds(60), out);
            answer(TOPICS.answers(), "f2");
            answer(TOPICS.deadLetters(), "f3");
            while (!answers.complete()) {
                session.poll(answers, Duration.ofMillis(100));
            }
            assertThat(answers.failed()).isEqualTo(1);
        }
        assertThat(out.toString(UTF_8).lines()).hasSize(3).contains("{\"f1\":1}", "{\"f2\":1}");
    }

    @Test
    void whatWasAnsweredLongBeforeIsNotLookedAt() throws Exception {
        answer(TOPICS.answers(), "l1");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TopicSession session = TopicSession.open(CONNECTION, TOPICS)) {
            Answers answers = session.follow(
                    new FileIds("", Set.of("l1", "l2")), Instant.now().plusSeconds(60), out);
            answer(TOPICS.answers(), "l2");
            while (answers.answered() == 0) {
                session.poll(answers, Duration.ofMillis(100));
            }
        }
        assertThat(out.toString(UTF_8)).isEqualTo("{\"l2\":1}\n");
    }

    @Test
    void saysHowManyRequestsAreOpen() throws Exception {
        BatchTopics own = BatchTopics.named("status-requests", "status-answers");
        try (Admin admin = BROKER.admin();
                TopicSession session = TopicSession.open(CONNECTION, own)) {
            admin.createTopics(List.of(new NewTopic(own.requests(), 1, (short) 1)))
                    .all()
                    .get();
            RequestFile file = file("s1", "s2", "s3", "s4", "s5");
            session.send(file, file.check(Optional.empty()), RequestMarks.NONE, sent -> {});
            assertThat(TopicStatus.read(session, GROUP))
                    .isEqualTo(new TopicStatus(0, "absent", List.of(new TopicStatus.PartitionStatus(0, 5, 5))));
            dev.foretoken.batch.offset.CompletedOffsets done = new dev.foretoken.batch.offset.CompletedOffsets(0);
            for (long offset = 0; offset < 4; offset++) {
                done.take(offset);
            }
            done.complete(0);
            done.complete(2);
            admin.alterConsumerGroupOffsets(
                            GROUP,
                            Map.of(
                                    new TopicPartition(own.requests(), 0),
                                    new OffsetAndMetadata(done.committed(), done.metadata())))
                    .all()
                    .get();
            TopicStatus status = TopicStatus.read(session, GROUP);
            assertThat(status.open()).as("the first and the third are answered").isEqualTo(3);
            assertThat(status.workers()).isZero();
        }
    }

    @Test
    void saysWhatAShareGroupLeaves() throws Exception {
        BatchTopics own = BatchTopics.named("shared-requests", "shared-answers");
        String group = "session-share";
        try (Admin admin = BROKER.admin();
                TopicSession session = TopicSession.open(CONNECTION, own);
                KafkaShareConsumer<byte[], byte[]> worker = new KafkaShareConsumer<>(
                        Map.of("bootstrap.servers", BROKER.address(), "group.id", group),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            admin.createTopics(List.of(new NewTopic(own.requests(), 1, (short) 1)))
                    .all()
                    .get();
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, group),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            RequestFile file = file("g1", "g2", "g3");
            session.send(file, file.check(Optional.empty()), RequestMarks.NONE, sent -> {});
            worker.subscribe(List.of(own.requests()));
            for (int taken = 0; taken < 3; ) {
                taken += worker.poll(Duration.ofMillis(100)).count();
            }
            worker.commitSync();
            while (TopicStatus.read(session, group).open() > 0) {
                worker.poll(Duration.ofMillis(100));
            }
            worker.commitSync();
            RequestFile later = file("g4", "g5");
            session.send(later, later.check(Optional.empty()), RequestMarks.NONE, sent -> {});
            TopicStatus expected = new TopicStatus(1, "stable", List.of(new TopicStatus.PartitionStatus(0, 5, 2)));
            TopicStatus found = TopicStatus.read(session, group);
            // a member that was silent for long comes back by itself
            while (!found.equals(expected)) {
                found = TopicStatus.read(session, group);
            }
        }
    }

    @Test
    void namesATopicThatIsAbsent() {
        try (TopicSession session = TopicSession.open(CONNECTION, BatchTopics.named("no-requests", "no-answers"))) {
            assertThatThrownBy(session::requireTopics)
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                    .hasMessageContaining("there is no topic 'no-requests'")
                    .hasMessageContaining("--batch-brokers");
        }
    }

    @Test
    void namesTheLineThatIsTooLongForARecord() throws Exception {
        Path long1 = Files.writeString(
                folder.resolve("long.jsonl"),
                "{\"custom_id\":\"1\",\"url\":\"/v1/completions\",\"body\":{\"prompt\":\"" + "x".repeat(2 << 20)
                        + "\"}}");
        try (TopicSession session = TopicSession.open(CONNECTION, TOPICS)) {
            assertThatThrownBy(() -> session.send(
                            new RequestFile(long1), new FileIds("", Set.of("1")), RequestMarks.NONE, sent -> {}))
                    .hasMessageContaining("line 1 has 2097")
                    .hasMessageContaining("more than the topic session-requests takes")
                    .hasMessageContaining("max.message.bytes");
        }
    }

    @Test
    void sendsWhatTheTopicTakesThoughKafkasClientWouldNotByItself() throws Exception {
        BatchTopics wide = BatchTopics.named("wide-requests", "wide-answers");
        Path file = Files.writeString(
                folder.resolve("wide.jsonl"),
                "{\"custom_id\":\"1\",\"url\":\"/v1/completions\",\"body\":{\"prompt\":\"" + "x".repeat(2 << 20)
                        + "\"}}");
        try (Admin admin = BROKER.admin();
                TopicSession session = TopicSession.open(CONNECTION, wide)) {
            NewTopic topic = new NewTopic(wide.requests(), 1, (short) 1);
            admin.createTopics(List.of(topic.configs(Map.of("max.message.bytes", "8388608"))))
                    .all()
                    .get();
            session.send(new RequestFile(file), new FileIds("", Set.of("1")), RequestMarks.NONE, sent -> {});
            assertThat(TopicStatus.read(session, GROUP).open()).isEqualTo(1);
        }
    }

    @Test
    void refusesATenantThatNoServerReads() {
        assertThatThrownBy(() -> new RequestMarks(Optional.of("a b"), Optional.empty(), Optional.empty()))
                .isInstanceOf(ForetokenException.class)
                .hasMessage("tenant=a b, must be 1 to 512 letters, digits, dots, dashes and underscores");
    }

    @Test
    void refusesSettingsThatAreNoneOfKafka() {
        Connection wrong = new Connection(BROKER.address(), Map.of("security.protocol", "NONSENSE"));
        assertThatThrownBy(() -> TopicSession.open(wrong, TOPICS))
                .hasMessageContaining("Kafka's client, told of " + BROKER.address() + ", says");
    }
}
