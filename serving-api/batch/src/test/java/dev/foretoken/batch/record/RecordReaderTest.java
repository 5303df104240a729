package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.wire.v1.BatchRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordReaderTest {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final RecordReader READER =
            new RecordReader(new RecordLimits(2048, 2048), ReplyTopics.parse(List.of("answers", "team-*")));

    private static ReadRecord.Readable readable(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        ReadRecord read = READER.read(record);
        assertThat(read).isInstanceOf(ReadRecord.Readable.class);
        return (ReadRecord.Readable) read;
    }

    private static ReadRecord.Poison poison(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        ReadRecord read = READER.read(record);
        assertThat(read).isInstanceOf(ReadRecord.Poison.class);
        return (ReadRecord.Poison) read;
    }

    private static ConsumerRecord<byte @Nullable [], byte @Nullable []> with(String header, String value) {
        return Records.of("a-1", Records.LINE.getBytes(UTF_8), Map.of(header, value));
    }

    private static ConsumerRecord<byte @Nullable [], byte @Nullable []> message(BatchRecord message) {
        return Records.of(null, message.toByteArray(), Map.of(HeaderNames.CONTENT_TYPE, "Application/X-Protobuf; v=1"));
    }

    @Test
    void aLineIsARequestOfTheLowestClass() {
        ReadRecord.Readable read = readable(Records.of("a-1", Records.LINE));
        BatchRequest request = read.request();
        assertThat(request.id()).isEqualTo("a-1");
        assertThat(request.endpoint()).isEqualTo(BatchEndpoint.COMPLETIONS);
        assertThat(new String(request.body(), UTF_8)).isEqualTo("{\"prompt\": \"Hé\"}");
        assertThat(request.priority()).isEqualTo(Priority.BATCH);
        assertThat(request.model()).isEmpty();
        assertThat(request.tenant()).isEmpty();
        assertThat(request.deadline()).isEmpty();
        assertThat(request.trace()).isEmpty();
        assertThat(read.replyTopic()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v2/infer"})
    void everyEndpointCanBeAsked(String url) {
        BatchRequest request = readable(Records.of("k", "{\"url\":\"" + url + "\",\"body\":{}}"))
                .request();
        assertThat(request.endpoint().path()).isEqualTo(url);
    }

    @Test
    void headersSayTheRest() {
        ReadRecord.Readable read = readable(Records.of(
                "a-1",
                Records.LINE.getBytes(UTF_8),
                Map.of(
                        HeaderNames.VERSION, "1",
                        HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8",
                        HeaderNames.MODEL, "llama",
                        HeaderNames.TENANT, "chat.team_1",
                        HeaderNames.PRIORITY, "interactive",
                        HeaderNames.DEADLINE, "2026-11-22T12:00:00+01:00",
                        HeaderNames.REPLY_TOPIC, "team-7",
                        HeaderNames.TRACE, TRACE)));
        BatchRequest request = read.request();
        assertThat(request.model()).contains("llama");
        assertThat(request.tenant()).contains("chat.team_1");
        assertThat(request.priority()).isEqualTo(Priority.HIGH);
        assertThat(request.deadline()).contains(Instant.parse("2026-11-22T11:00:00Z"));
        assertThat(request.trace()).contains(new TraceParent(TRACE));
        assertThat(read.replyTopic()).contains("team-7");
    }

    @Test
    void aHeaderGoesBeforeTheValue() {
        String line = "{\"v\":2,\"model\":\"of-value\",\"url\":\"/v2/infer\",\"body\":{}}";
        assertThat(readable(Records.of(
                                "k",
                                line.getBytes(UTF_8),
                                Map.of(HeaderNames.VERSION, "1", HeaderNames.MODEL, "of-header")))
                        .request()
                        .model())
                .contains("of-header");
        assertThat(poison(Records.of("k", line)).reason()).isEqualTo(PoisonReason.UNKNOWN_VERSION);
        assertThat(readable(Records.of("k", line.replace("\"v\":2", "\"v\":1")))
                        .request()
                        .model())
                .contains("of-value");
    }

    @Test
    void theLastOfSeveralHeadersCountsAndAnEmptyOneSaysNothing() {
        ConsumerRecord<byte @Nullable [], byte @Nullable []> record = with(HeaderNames.PRIORITY, "low");
        record.headers().add(HeaderNames.PRIORITY, "high".getBytes(UTF_8));
        assertThat(readable(record).request().priority()).isEqualTo(Priority.HIGH);
        record.headers().add(HeaderNames.PRIORITY, new byte[0]);
        assertThat(readable(record).request().priority()).isEqualTo(Priority.BATCH);
    }

    @Test
    void aMessageIsReadAsALineIs() {
        BatchRecord message = BatchRecord.newBuilder()
                .setV(1)
                .setCustomId("p-1")
                .setUrl("/v1/embeddings")
                .setModel("minilm")
                .setBody(ByteString.copyFromUtf8("{\"input\":\"a\"}"))
                .build();
        BatchRequest request = readable(message(message)).request();
        assertThat(request.id()).isEqualTo("p-1");
        assertThat(request.endpoint()).isEqualTo(BatchEndpoint.EMBEDDINGS);
        assertThat(request.model()).contains("minilm");
        assertThat(new String(request.body(), UTF_8)).isEqualTo("{\"input\":\"a\"}");
        assertThat(poison(message(message.toBuilder().setV(2).build())).reason())
                .isEqualTo(PoisonReason.UNKNOWN_VERSION);
        assertThat(poison(message(message.toBuilder().clearBody().build())).reason())
                .isEqualTo(PoisonReason.MALFORMED);
        assertThat(poison(message(message.toBuilder().clearUrl().build())).reason())
                .isEqualTo(PoisonReason.UNKNOWN_ENDPOINT);
        assertThat(poison(with(HeaderNames.CONTENT_TYPE, "application/x-protobuf"))
                        .reason())
                .isEqualTo(PoisonReason.MALFORMED);
    }

    @Test
    void theIdIsTheKeyOrElseTheValuesAndNeverTwo() {
        assertThat(readable(Records.of(null, Records.LINE)).request().id()).isEqualTo("a-1");
        assertThat(readable(Records.of("", Records.LINE)).request().id()).isEqualTo("a-1");
        ReadRecord.Poison two = poison(Records.of("tenant-7", Records.LINE));
        assertThat(two.reason()).isEqualTo(PoisonReason.INVALID_ID);
        assertThat(two.id()).isEmpty();
        assertThat(two.detail()).contains("the key 'tenant-7' is another than the value's custom_id 'a-1'");
        ReadRecord.Poison none = poison(Records.of(null, Records.LINE.replace("\"custom_id\":\"a-1\",", "")));
        assertThat(none.reason()).isEqualTo(PoisonReason.INVALID_ID);
        assertThat(none.id()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "two\nlines", "tab\t"})
    void idsArePrintable(String id) {
        assertThat(poison(Records.of(id, Records.LINE)).reason()).isEqualTo(PoisonReason.INVALID_ID);
        String line = Records.LINE.replace("a-1", id.replace("\n", "\\n").replace("\t", "\\t"));
        assertThat(poison(Records.of(null, line)).reason()).isEqualTo(PoisonReason.INVALID_ID);
    }

    @Test
    void idsAreBounded() {
        String longest = "x".repeat(256);
        assertThat(readable(Records.of(longest, "{\"url\":\"/v2/infer\",\"body\":{}}"))
                        .request()
                        .id())
                .isEqualTo(longest);
        assertThat(poison(Records.of(longest + "x", Records.LINE)).reason()).isEqualTo(PoisonReason.INVALID_ID);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `` | the value is empty, must be one object of JSON
            null | the value is null, must be one object
            [] | the value is a list, must be one object
            { | not one object of JSON in UTF-8: it cannot be read on at byte 1 of 1
            {}x | not one object of JSON in UTF-8: it cannot be read on at byte
            {\0xx | the value is not in UTF-8
            {"url":"/v2/infer"} | the value has no field body
            {"url":"/v2/infer","body":"{}"} | the field body is a string, must be an object
            {"url":"/v2/infer","body":{}}{"url":"/v2/infer","body":{}} | goes on behind its object
            {"url":"/v2/infer","body":{"a":}} | it cannot be read on at byte 31 of 33
            {"url":1,"body":{}} | the field url is a number, must be a string
            {"url":true,"body":{}} | the field url is true or false, must be a string
            {"url":"/v2/infer","body":{},"body":{}} | the field body twice
            {"url":"/v2/infer","url":"/v2/infer","body":{}} | the field url twice
            {"url":"/v2/infer","method":"GET","body":{}} | the field method is 'GET', must be POST
            {"url":"/v2/infer","custom_id":7,"body":{}} | the field custom_id is a number, must be a string
            """)
    void whatIsNoLineIsMalformed(String value, String detail) {
        ReadRecord.Poison read = poison(Records.of("k", value));
        assertThat(read.reason()).isEqualTo(PoisonReason.MALFORMED);
        assertThat(read.id()).contains("k");
        assertThat(read.detail()).contains(detail);
    }

    @Test
    void aValueThatIsMissingOrInAnotherEncodingIsMalformed() {
        assertThat(poison(Records.of("k", null, Map.of())).reason()).isEqualTo(PoisonReason.MALFORMED);
        String line = "{\"url\":\"/v2/infer\",\"body\":{}}";
        for (String encoding : List.of("UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE")) {
            byte[] value = line.getBytes(java.nio.charset.Charset.forName(encoding));
            assertThat(poison(Records.of("k", value, Map.of())).reason())
                    .as(encoding)
                    .isEqualTo(PoisonReason.MALFORMED);
        }
    }

    @Test
    void aLineMayBeginWithTheMarkOfItsEncoding() {
        BatchRequest request = readable(Records.of("k", "\uFEFF{\"url\":\"/v2/infer\",\"body\":{\"a\":1}}"))
                .request();
        assertThat(new String(request.body(), UTF_8)).isEqualTo("{\"a\":1}");
    }

    @Test
    void jsonIsBounded() {
        String deep = "[".repeat(70) + "]".repeat(70);
        ReadRecord.Poison read = poison(Records.of("k", "{\"url\":\"/v2/infer\",\"body\":{\"a\":" + deep + "}}"));
        assertThat(read.reason()).isEqualTo(PoisonReason.MALFORMED);
        assertThat(read.detail()).contains("64 levels");
    }

    @Test
    void fieldsOfNewerWritersArePassedOver() {
        String line = "{\"url\":\"/v2/infer\",\"later\":{\"body\":1},\"body\":{\"a\":1},\"more\":[1]}";
        assertThat(new String(readable(Records.of("k", line)).request().body(), UTF_8))
                .isEqualTo("{\"a\":1}");
    }

    @Test
    void recordsAreBoundedWithTheirHeaders() {
        String body = "x".repeat(1900);
        String line = "{\"url\":\"/v2/infer\",\"body\":{\"a\":\"" + body + "\"}}";
        readable(Records.of("k", line));
        ReadRecord.Poison read = poison(Records.of("k", line.getBytes(UTF_8), Map.of("other", "y".repeat(200))));
        assertThat(read.reason()).isEqualTo(PoisonReason.OVERSIZED);
        assertThat(read.detail()).contains("at most 2048");
        assertThat(read.id()).contains("k");
    }

    @ParameterizedTest
    @CsvSource({
        "foretoken-v, 2, UNKNOWN_VERSION",
        "content-type, text/plain, UNKNOWN_CONTENT_TYPE",
        "foretoken-priority, urgent, INVALID_HEADER",
        "foretoken-tenant, a b, INVALID_HEADER",
        "foretoken-tenant, é, INVALID_HEADER",
        "foretoken-model, 'a\u0007', INVALID_HEADER",
        "foretoken-deadline, tomorrow, INVALID_HEADER",
        "foretoken-deadline, 2026-11-22T12:00:00, INVALID_HEADER",
        "foretoken-deadline, 99999999999999999999, INVALID_HEADER",
        "foretoken-deadline, 253402300800000, INVALID_HEADER",
        "foretoken-reply-topic, other, REPLY_TOPIC_REFUSED",
        "foretoken-reply-topic, team-/7, REPLY_TOPIC_REFUSED",
    })
    void aHeaderThatSaysNothingKnownIsPoison(String header, String value, PoisonReason reason) {
        ReadRecord.Poison read = poison(with(header, value));
        assertThat(read.reason()).isEqualTo(reason);
        assertThat(read.detail()).contains(header.equals("foretoken-v") ? "version" : header);
        assertThat(read.detail()).contains("'" + value.replace('\u0007', '?') + "'");
        assertThat(read.id()).contains("a-1");
    }

    @Test
    void headersAreTextOfBoundedLength() {
        assertThat(readable(with(HeaderNames.MODEL, "m".repeat(512))).request().model())
                .isPresent();
        assertThat(poison(with(HeaderNames.MODEL, "m".repeat(513))).detail()).contains("at most 512");
        ConsumerRecord<byte @Nullable [], byte @Nullable []> record = Records.of("a-1", Records.LINE);
        record.headers().add(HeaderNames.MODEL, new byte[] {(byte) 0xC3});
        assertThat(poison(record).detail()).contains("not in UTF-8");
    }

    @Test
    void whatIsShownOfAHeaderIsBounded() {
        assertThat(poison(with(HeaderNames.PRIORITY, "u".repeat(65))).detail())
                .contains("'" + "u".repeat(64) + "...', must be");
        assertThat(poison(with(HeaderNames.PRIORITY, "u".repeat(64))).detail())
                .contains("'" + "u".repeat(64) + "', must be");
    }

    @Test
    void deadlinesMayBeMilliseconds() {
        assertThat(readable(with(HeaderNames.DEADLINE, "1700000000123"))
                        .request()
                        .deadline())
                .contains(Instant.ofEpochMilli(1_700_000_000_123L));
    }

    @Test
    void aTraceThatIsNotWellFormedIsNone() {
        assertThat(readable(with(HeaderNames.TRACE, "00-nonsense")).request().trace())
                .isEqualTo(Optional.empty());
    }

    @Test
    void withoutAnAllowedOneNoReplyTopicIsTaken() {
        RecordReader reader = new RecordReader(RecordLimits.DEFAULT, ReplyTopics.NONE);
        assertThat(reader.read(with(HeaderNames.REPLY_TOPIC, "answers"))).isInstanceOf(ReadRecord.Poison.class);
        assertThat(readable(with(HeaderNames.REPLY_TOPIC, "answers")).replyTopic())
                .contains("answers");
    }
}
