package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who follows answers stands still for longer than the broker keeps idle connections, and while the broker is killed and started again; more is
 * answered meanwhile than a client reads ahead. Each answer is written once nevertheless.
 */
@Timeout(600)
@EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
class SlowFollowerTest {

    private static final BatchTopics TOPICS = BatchTopics.named("slow-requests", "slow-answers");
    private static final int ANSWERS = 1000;
    private static final int ANSWER_BYTES = 100_000;
    private static final int PAUSES = 4;
    private static final String IDLE_MILLIS = "1000";

    @TempDir
    private Path folder;

    @Test
    void eachAnswerIsWrittenOnce() throws Exception {
        List<String> ids =
                IntStream.range(0, ANSWERS).mapToObj(number -> "a" + number).toList();
        Set<String> wanted = new LinkedHashSet<>(ids);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (KafkaBroker broker = KafkaBroker.start(folder, Map.of("connections.max.idle.ms", IDLE_MILLIS));
                Admin admin = broker.admin()) {
            create(admin);
            try (TopicSession session = TopicSession.open(new Connection(broker.address(), Map.of()), TOPICS)) {
                Answers answers = session.follow(new FileIds("", wanted), Instant.EPOCH, out);
                int share = ANSWERS / PAUSES;
                for (int pause = 0; pause < PAUSES; pause++) {
                    answer(broker, ids.subList(pause * share, (pause + 1) * share));
                    broker.kill();
                    broker.start();
                    int before = answers.answered();
                    while (answers.answered() == before && !answers.complete()) {
                        session.poll(answers, Duration.ofMillis(100));
                    }
                }
                while (!answers.complete()) {
                    session.poll(answers, Duration.ofMillis(100));
                }
                assertThat(answers.failed()).isZero();
            }
        }
        Set<String> lines = out.toString(UTF_8).lines().map(String::strip).collect(Collectors.toSet());
        assertThat(lines).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(out.toString(UTF_8).lines()).hasSize(ANSWERS);
    }

    private static void create(Admin admin) throws Exception {
        admin.createTopics(List.of(
                        new NewTopic(TOPICS.answers(), 2, (short) 1), new NewTopic(TOPICS.deadLetters(), 1, (short) 1)))
                .all()
                .get();
    }

    /** Each is its id, and so much white space. */
    private static void answer(KafkaBroker broker, List<String> ids) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers", broker.address(),
                "key.serializer", ByteArraySerializer.class,
                "value.serializer", ByteArraySerializer.class))) {
            for (String id : ids) {
                byte[] value = (id + " ".repeat(ANSWER_BYTES)).getBytes(US_ASCII);
                producer.send(new ProducerRecord<>(TOPICS.answers(), id.getBytes(US_ASCII), value))
                        .get();
            }
        }
    }
}
