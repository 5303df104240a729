package dev.foretoken.batch.kafka;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.AnswerRecord;
import dev.foretoken.batch.record.DeadLetter;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.contract.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Makes of an answer the records that go into its transaction: the answer itself, and the id into the partition of the answered ones that belongs to
 * that of the request. Immutable; any thread.
 */
final class Outcomes {

    private static final byte[] NOTHING = new byte[0];

    private final BatchTopics topics;
    private final int answerBytes;
    private final RecordLimits limits;

    Outcomes(BatchTopics topics, int answerBytes, RecordLimits limits) {
        this.topics = topics;
        this.answerBytes = answerBytes;
        this.limits = limits;
    }

    Outcome abandoned(RequestRun run) {
        return new Outcome(run.partition(), run.source().offset(), List.of(), 0, "", run);
    }

    Outcome answered(RequestRun run, BatchAnswer answer) {
        ProducerRecord<byte[], byte[]> record = AnswerRecord.of(run.replyTopic(), run.request(), answer);
        if (record.value().length > answerBytes) {
            return tooLong(run, record.value().length + " bytes, at most " + answerBytes + " are sent");
        }
        return outcome(run, record, answer.status());
    }

    /** In the place of an answer that cannot be sent. */
    Outcome tooLong(RequestRun run, String found) {
        return failed(run, ErrorCode.PAYLOAD_TOO_LARGE, "the answer is too long for a record: " + found);
    }

    Outcome failed(RequestRun run, ErrorCode code, String message) {
        BatchAnswer answer = failure(code, message, run.request().id());
        return outcome(run, AnswerRecord.of(run.replyTopic(), run.request(), answer), answer.status());
    }

    private Outcome outcome(RequestRun run, ProducerRecord<byte[], byte[]> answer, int status) {
        ProducerRecord<byte[], byte[]> id = answeredId(run.source(), answer.key(), run.digest());
        return new Outcome(run.partition(), run.source().offset(), List.of(answer, id), status, "", run);
    }

    /**
     * A dead letter, and an error for who waits for an answer to the id where one is known.
     *
     * @param id of the request, not answered before; empty = not known
     * @param digest of the record, remembered with that id
     */
    Outcome poison(
            Partition partition,
            ConsumerRecord<byte[], byte[]> source,
            ReadRecord.Poison poison,
            Optional<String> id,
            RequestDigest digest) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(3);
        records.add(DeadLetter.of(topics.deadLetters(), source, poison, 1, limits));
        int status = id.isPresent() ? refuse(records, source, poison, unread(id.get()), topics.answers(), digest) : 0;
        return new Outcome(
                partition, source.offset(), records, status, poison.reason().code(), null);
    }

    /** The same, with an error for who waits for an answer in the topic of the run. */
    Outcome poison(RequestRun run, ReadRecord.Poison poison) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(3);
        records.add(DeadLetter.of(topics.deadLetters(), run.source(), poison, 1, limits));
        int status = refuse(records, run.source(), poison, run.request(), run.replyTopic(), run.digest());
        return new Outcome(
                run.partition(),
                run.source().offset(),
                records,
                status,
                poison.reason().code(),
                run);
    }

    /** Returns the status of the error. */
    private int refuse(
            List<ProducerRecord<byte[], byte[]>> records,
            ConsumerRecord<byte[], byte[]> source,
            ReadRecord.Poison poison,
            BatchRequest request,
            String topic,
            RequestDigest digest) {
        BatchAnswer answer = failure(ErrorCode.INVALID_REQUEST, poison.detail(), request.id());
        ProducerRecord<byte[], byte[]> record = AnswerRecord.of(topic, request, answer);
        records.add(record);
        records.add(answeredId(source, record.key(), digest));
        return answer.status();
    }

    /** Stands for what cannot be read. */
    static BatchRequest unread(String id) {
        return new BatchRequest(id, BatchEndpoint.CHAT_COMPLETIONS, NOTHING);
    }

    private ProducerRecord<byte[], byte[]> answeredId(
            ConsumerRecord<byte[], byte[]> source, byte[] id, RequestDigest digest) {
        return new ProducerRecord<>(topics.answered(), source.partition(), id, digest.written());
    }

    static BatchAnswer failure(ErrorCode code, String message, String id) {
        String body = "{\"error\":{\"message\":" + quoted(message) + ",\"type\":\"" + type(code)
                + "\",\"param\":null,\"code\":\"" + code.name().toLowerCase(Locale.ROOT) + "\"}}";
        return new BatchAnswer(status(code), id, body.getBytes(StandardCharsets.UTF_8), Optional.of(code));
    }

    private static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }

    private static String type(ErrorCode code) {
        return switch (code.kind()) {
            case CALLER -> "invalid_request_error";
            case CAPACITY -> "server_overloaded";
            case INTERNAL -> "server_error";
        };
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case PAYLOAD_TOO_LARGE -> 413;
            case DEADLINE_EXCEEDED -> 504;
            default ->
                switch (code.kind()) {
                    case CALLER -> 400;
                    case CAPACITY -> 503;
                    case INTERNAL -> 500;
                };
        };
    }
}
