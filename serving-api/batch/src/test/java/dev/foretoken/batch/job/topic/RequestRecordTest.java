package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.RecordReader;
import dev.foretoken.batch.record.ReplyTopics;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class RequestRecordTest {

    private static final Instant DEADLINE = Instant.parse("2026-01-02T03:04:05Z");

    private final RequestRecord records = new RequestRecord(BatchTopics.DEFAULTS);

    private static BatchRequest request(String tenant, String body) {
        return new BatchRequest(
                "batch_a_1",
                BatchEndpoint.EMBEDDINGS,
                Optional.empty(),
                body.getBytes(UTF_8),
                Optional.of(tenant),
                Priority.BATCH,
                Optional.of(DEADLINE),
                Optional.empty());
    }

    @Test
    void aWorkerReadsWhatWasAsked() {
        ProducerRecord<byte[], byte[]> record = records.of(request("team", "{\"model\":\"m\", \"input\":\"\u00e9\"}"));
        assertThat(records.refusal(record, "batch_a_1")).isEmpty();
        ConsumerRecord<byte[], byte[]> read = new ConsumerRecord<>(record.topic(), 0, 0, record.key(), record.value());
        record.headers().forEach(read.headers()::add);
        RecordReader reader =
                new RecordReader(RecordLimits.DEFAULT, ReplyTopics.parse(List.of("foretoken-job-answers")));
        assertThat(reader.read(read)).isInstanceOfSatisfying(ReadRecord.Readable.class, readable -> {
            BatchRequest found = readable.request();
            assertThat(found.id()).isEqualTo("batch_a_1");
            assertThat(found.endpoint()).isEqualTo(BatchEndpoint.EMBEDDINGS);
            assertThat(new String(found.body(), UTF_8)).isEqualTo("{\"model\":\"m\", \"input\":\"\u00e9\"}");
            assertThat(found.tenant()).contains("team");
            assertThat(found.priority()).isEqualTo(Priority.BATCH);
            assertThat(found.deadline()).contains(DEADLINE);
            assertThat(readable.replyTopic()).contains("foretoken-job-answers");
        });
    }

    @Test
    void whatWouldBecomeADeadLetterIsAnsweredAtOnce() {
        Optional<BatchAnswer> tooLong =
                records.refusal(records.of(request("team", "{\"a\":\"" + "x".repeat(8 << 20) + "\"}")), "i");
        assertThat(tooLong).isPresent();
        assertThat(tooLong.get().status()).isEqualTo(413);
        assertThat(tooLong.get().error()).contains(ErrorCode.PAYLOAD_TOO_LARGE);
        Optional<BatchAnswer> noTenant = records.refusal(records.of(request("a tenant", "{}")), "i");
        assertThat(noTenant).isPresent();
        assertThat(noTenant.get().status()).isEqualTo(400);
        assertThat(new String(noTenant.get().body(), UTF_8)).contains("foretoken-tenant");
    }
}
