package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.record.HeaderNames;
import dev.foretoken.batch.record.PoisonReason;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.RecordReader;
import dev.foretoken.batch.record.ReplyTopics;
import dev.foretoken.contract.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Makes records of jobs' requests. One thread. */
final class RequestRecord {

    private final BatchTopics topics;
    private final RecordReader reader;

    RequestRecord(BatchTopics topics) {
        this.topics = topics;
        this.reader = new RecordReader(RecordLimits.DEFAULT, ReplyTopics.parse(List.of(topics.jobAnswers())));
    }

    ProducerRecord<byte[], byte[]> of(BatchRequest request) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topics.requests(), request.id().getBytes(US_ASCII), value(request));
        Headers headers = record.headers();
        add(headers, HeaderNames.VERSION, "1");
        add(headers, HeaderNames.REPLY_TOPIC, topics.jobAnswers());
        add(headers, HeaderNames.PRIORITY, request.priority().name().toLowerCase(Locale.ROOT));
        request.tenant().ifPresent(tenant -> add(headers, HeaderNames.TENANT, tenant));
        request.deadline().ifPresent(time -> add(headers, HeaderNames.DEADLINE, Long.toString(time.toEpochMilli())));
        return record;
    }

    private static byte[] value(BatchRequest request) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(request.body().length + 256);
        line.writeBytes(("{\"custom_id\":\""
                        + new String(JsonStringEncoder.getInstance().quoteAsString(request.id())) + "\",\"url\":\""
                        + request.endpoint().path() + "\",\"body\":")
                .getBytes(UTF_8));
        line.writeBytes(request.body());
        line.write('}');
        return line.toByteArray();
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }

    /** The answer to one that a worker would not take: a dead letter is of no use to who waits for an answer. */
    Optional<BatchAnswer> refusal(ProducerRecord<byte[], byte[]> record, String id) {
        ConsumerRecord<byte @Nullable [], byte @Nullable []> asRead = new ConsumerRecord<>(
                record.topic(),
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                record.key().length,
                record.value().length,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
        return switch (reader.read(asRead)) {
            case ReadRecord.Readable readable -> Optional.empty();
            case ReadRecord.Poison poison
            when poison.reason() == PoisonReason.OVERSIZED ->
                Optional.of(failure(ErrorCode.PAYLOAD_TOO_LARGE, 413, poison.detail(), id));
            case ReadRecord.Poison poison -> Optional.of(failure(ErrorCode.INVALID_REQUEST, 400, poison.detail(), id));
        };
    }

    /** An error of the caller's request. */
    static BatchAnswer failure(ErrorCode code, int status, String message, String id) {
        String body = "{\"error\":{\"message\":\""
                + new String(JsonStringEncoder.getInstance().quoteAsString(message))
                + "\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\""
                + code.name().toLowerCase(Locale.ROOT) + "\"}}";
        return new BatchAnswer(status, id, body.getBytes(UTF_8), Optional.of(code));
    }
}
