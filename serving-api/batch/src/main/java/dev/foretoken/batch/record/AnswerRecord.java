package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.value.AnswerLine;
import dev.foretoken.contract.request.TraceParent;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

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
        request.trace()
                .map(TraceParent::text)
                .ifPresent(trace -> headers.add(HeaderNames.TRACE, trace.getBytes(US_ASCII)));
        return record;
    }
}
