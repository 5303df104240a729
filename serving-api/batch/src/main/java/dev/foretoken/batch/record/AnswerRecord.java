package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.value.AnswerLine;
import dev.foretoken.batch.record.value.UnreadableValueException;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.TraceParent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Answers as records: the key is the id of the request, the value a line of JSON, whatever the request was written in. */
public final class AnswerRecord {

    /** Of the answer itself, which is not the id of its request. */
    private static final String ID_PREFIX = "batch_req_";

    private AnswerRecord() {}

    public static ProducerRecord<byte[], byte[]> of(String topic, BatchRequest request, BatchAnswer answer) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                request.id().getBytes(US_ASCII),
                AnswerLine.of(ID_PREFIX + answer.requestId(), request.id(), answer));
        Headers headers = record.headers();
        headers.add(HeaderNames.VERSION, RecordReader.VERSION.getBytes(US_ASCII));
        headers.add(HeaderNames.STATUS, Integer.toString(answer.status()).getBytes(US_ASCII));
        answer.error()
                .ifPresent(code -> headers.add(
                        HeaderNames.ERROR, code.name().toLowerCase(Locale.ROOT).getBytes(US_ASCII)));
        request.trace()
                .map(TraceParent::text)
                .ifPresent(trace -> headers.add(HeaderNames.TRACE, trace.getBytes(US_ASCII)));
        return record;
    }

    /** The answer that a record is; empty where it is none. */
    public static Optional<BatchAnswer> read(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        byte[] value = record.value();
        if (value == null) {
            return Optional.empty();
        }
        try {
            AnswerLine.Parts parts = AnswerLine.read(value);
            return Optional.of(new BatchAnswer(parts.status(), parts.requestId(), parts.body(), error(record)));
        } catch (UnreadableValueException e) {
            return Optional.empty();
        }
    }

    /** One that is not known here, of a newer worker, is one without a name. */
    private static Optional<ErrorCode> error(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        Header header = record.headers().lastHeader(HeaderNames.ERROR);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        String name = new String(header.value(), US_ASCII).toUpperCase(Locale.ROOT);
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.name().equals(name))
                .findFirst();
    }
}
