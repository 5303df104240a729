package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.value.AnswerLine;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class AnswerRecordTest {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static BatchAnswer answer(int status, String body) {
        Optional<ErrorCode> error = status == 200 ? Optional.empty() : Optional.of(ErrorCode.MODEL_NOT_FOUND);
        return new BatchAnswer(status, "req-7", body.getBytes(UTF_8), error);
    }

    private static BatchRequest request(String id, Optional<TraceParent> trace) {
        return new BatchRequest(
                id,
                BatchEndpoint.COMPLETIONS,
                Optional.empty(),
                new byte[0],
                Optional.empty(),
                Priority.BATCH,
                Optional.empty(),
                trace);
    }

    @Test
    void theKeyIsTheIdAndHeadersSayWhatRoutersNeed() {
        ProducerRecord<byte[], byte[]> record = AnswerRecord.of(
                "answers", request("a-1", Optional.of(new TraceParent(TRACE))), answer(404, "{\"error\":{}}"));
        assertThat(record.topic()).isEqualTo("answers");
        assertThat(record.partition()).isNull();
        assertThat(new String(record.key(), UTF_8)).isEqualTo("a-1");
        assertThat(Records.text(record.headers(), "foretoken-v")).isEqualTo("1");
        assertThat(Records.text(record.headers(), "foretoken-status")).isEqualTo("404");
        assertThat(Records.text(record.headers(), "traceparent")).isEqualTo(TRACE);
        assertThat(AnswerRecord.of("answers", request("a-1", Optional.empty()), answer(200, "{}"))
                        .headers()
                        .lastHeader("traceparent"))
                .isNull();
    }

    @Test
    void theBodyIsInTheLineAsItIs() {
        assertThat(new String(AnswerLine.of("line-1", "a-1", answer(200, "{\"n\": 1.10,\"é\":[]}")), UTF_8))
                .isEqualTo("{\"id\":\"line-1\",\"custom_id\":\"a-1\",\"response\":{\"status_code\":200,"
                        + "\"request_id\":\"req-7\",\"body\":{\"n\": 1.10,\"é\":[]}},\"error\":null}");
    }

    @Test
    void theLineHasAnIdOfItsOwn() throws Exception {
        byte[] line = AnswerRecord.of("answers", request("a-1", Optional.empty()), answer(200, "{}"))
                .value();
        assertThat(new ObjectMapper().readTree(line).get("id").textValue()).isEqualTo("batch_req_req-7");
    }

    @Test
    void aRequestThatWasNotRunHasAnErrorInPlaceOfAResponse() {
        assertThat(new String(AnswerLine.unanswered("line-1", "a-1", "batch_expired", "too \"late\""), UTF_8))
                .isEqualTo("{\"id\":\"line-1\",\"custom_id\":\"a-1\",\"response\":null,"
                        + "\"error\":{\"code\":\"batch_expired\",\"message\":\"too \\\"late\\\"\"}}");
        assertThat(new String(AnswerLine.of("line-1", "a-1", answer(500, "")), UTF_8))
                .contains("\"body\":null}");
    }

    @Test
    void anAnswerIsOneLineWhateverIsInIt() throws Exception {
        String line = new String(AnswerLine.of("line-1", "\"\\", answer(200, "\n{\r\n\"a\" :\n\"b\\nc\"}\n")), UTF_8);
        assertThat(line).doesNotContain("\n").doesNotContain("\r");
        JsonNode read = new ObjectMapper().readTree(line);
        assertThat(read.get("custom_id").textValue()).isEqualTo("\"\\");
        assertThat(read.at("/response/body/a").textValue()).isEqualTo("b\nc");
    }

    private static ConsumerRecord<byte[], byte[]> written(BatchAnswer answer) {
        ProducerRecord<byte[], byte[]> record = AnswerRecord.of("answers", request("a-1", Optional.empty()), answer);
        ConsumerRecord<byte[], byte[]> read = new ConsumerRecord<>("answers", 0, 0, record.key(), record.value());
        record.headers().forEach(read.headers()::add);
        return read;
    }

    @Test
    void anAnswerIsReadAsItWasWritten() {
        BatchAnswer read = AnswerRecord.read(written(answer(404, "{\"n\": 1.10,\"é\":[]}")))
                .orElseThrow();
        assertThat(read.status()).isEqualTo(404);
        assertThat(read.requestId()).isEqualTo("req-7");
        assertThat(new String(read.body(), UTF_8)).isEqualTo("{\"n\": 1.10,\"é\":[]}");
        assertThat(read.error()).contains(ErrorCode.MODEL_NOT_FOUND);
        assertThat(AnswerRecord.read(written(answer(200, ""))).orElseThrow().body())
                .isEmpty();
    }

    @Test
    void whatIsNoAnswerIsNone() {
        for (String value : List.of(
                "",
                "[]",
                "{}",
                "{\"response\":null}",
                "{\"response\":{\"body\":{}}}",
                "{\"response\":{\"status_code\":200")) {
            assertThat(AnswerRecord.read(new ConsumerRecord<>("answers", 0, 0, new byte[1], value.getBytes(UTF_8))))
                    .as(value)
                    .isEmpty();
        }
        ConsumerRecord<byte[], byte[]> newer = written(answer(404, "{}"));
        newer.headers().remove("foretoken-error").add("foretoken-error", "not_known_yet".getBytes(UTF_8));
        assertThat(AnswerRecord.read(newer).orElseThrow().error()).isEmpty();
    }
}
