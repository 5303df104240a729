package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.record.HeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswersTest {

    private static final BatchTopics TOPICS = BatchTopics.DEFAULTS;

    private final MockConsumer<byte @Nullable [], byte @Nullable []> consumer =
            new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Answers answers = new Answers(consumer, TOPICS, new FileIds("f-", Set.of("a", "b")), out);
    private long offset;

    @BeforeEach
    void assign() {
        Set<TopicPartition> partitions =
                Set.of(new TopicPartition(TOPICS.answers(), 0), new TopicPartition(TOPICS.deadLetters(), 0));
        consumer.assign(partitions);
        for (TopicPartition each : partitions) {
            consumer.updateBeginningOffsets(Map.of(each, 0L));
        }
    }

    private void comes(String topic, String id, String value, Map<String, String> headers) throws IOException {
        RecordHeaders all = new RecordHeaders();
        headers.forEach((name, text) -> all.add(name, text.getBytes(UTF_8)));
        consumer.addRecord(new ConsumerRecord<>(
                topic,
                0,
                offset++,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                id.getBytes(UTF_8),
                value.getBytes(UTF_8),
                all,
                Optional.empty()));
        answers.poll(Duration.ZERO);
    }

    @Test
    void keepsThoseOfItsRequestsEachOnce() throws IOException {
        comes(
                TOPICS.answers(),
                "f-b",
                "{\"id\":\"1\",\"custom_id\":\"f-b\",\"b\":1}",
                Map.of(HeaderNames.STATUS, "200"));
        comes(TOPICS.answers(), "b", "{}", Map.of());
        comes(TOPICS.answers(), "g-b", "{}", Map.of());
        comes(TOPICS.answers(), "f-c", "{\"c\":1}", Map.of(HeaderNames.STATUS, "200"));
        comes(TOPICS.answers(), "f-b", "{\"b\":2}", Map.of(HeaderNames.STATUS, "200"));
        assertThat(answers.complete()).isFalse();
        comes(TOPICS.answers(), "f-a", "{\"a\":1}", Map.of());
        assertThat(answers.complete()).isTrue();
        assertThat(out.toString(UTF_8)).isEqualTo("{\"id\":\"1\",\"custom_id\":\"b\",\"b\":1}\n{\"a\":1}\n");
        assertThat(answers.answered()).isEqualTo(2);
        assertThat(answers.failed()).isZero();
    }

    @Test
    void countsErrors() throws IOException {
        comes(TOPICS.answers(), "f-a", "{}", Map.of(HeaderNames.STATUS, "404"));
        assertThat(answers.failed()).isEqualTo(1);
    }

    @Test
    void writesWhyARequestHasNoAnswer() throws IOException {
        comes(
                TOPICS.deadLetters(),
                "f-a",
                "what was sent",
                Map.of(HeaderNames.REASON, "oversized", HeaderNames.DETAIL, "too \"long\""));
        assertThat(out.toString(UTF_8))
                .isEqualTo(
                        "{\"custom_id\":\"a\",\"response\":null,\"error\":{\"code\":\"oversized\",\"message\":\"too \\\"long\\\"\"}}\n");
        assertThat(answers.failed()).isEqualTo(1);
    }

    /** Its letter has the id, which is that of the request that is answered. */
    @Test
    void passesOverRequestsThatHadAnIdOfAnother() throws IOException {
        comes(TOPICS.deadLetters(), "f-a", "other", Map.of(HeaderNames.REASON, "id_conflict"));
        assertThat(answers.answered()).isZero();
    }
}
