package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.proto.RequestMessage;
import dev.foretoken.batch.record.value.Found;
import dev.foretoken.batch.record.value.RecordValue;
import dev.foretoken.batch.record.value.RequestLine;
import dev.foretoken.batch.record.value.UnreadableValueException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of the topic of requests. What a header says goes before what the value says. A record that is no request is a value with a reason,
 * never an exception: whoever may write into the topic must not stop those who read it.
 */
public final class RecordReader {

    /** The one version of the format there is. */
    static final String VERSION = "1";

    private final RecordLimits limits;
    private final ReplyTopics replyTopics;

    public RecordReader(RecordLimits limits, ReplyTopics replyTopics) {
        this.limits = limits;
        this.replyTopics = replyTopics;
    }

    /** The same, which refuses answers into these topics whatever the operator allows. */
    public RecordReader protecting(Set<String> topics) {
        return new RecordReader(limits, replyTopics.without(topics));
    }

    public ReadRecord read(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        Optional<String> id = Optional.empty();
        try {
            RequestHeaders headers = new RequestHeaders(record.headers());
            id = key(record.key());
            requireSize(record);
            requireVersion(headers.text(HeaderNames.VERSION));
            RecordValue value = value(record.value(), headers);
            if (headers.text(HeaderNames.VERSION).isEmpty()) {
                requireVersion(value.version());
            }
            Optional<String> key = id;
            id = Optional.empty(); // of a key that is not the value's own id, nobody waits for an answer
            id = Optional.of(id(key, value.id()));
            return new ReadRecord.Readable(request(id.get(), value, headers), replyTopic(headers));
        } catch (PoisonException e) {
            return e.poison(id, allowedReplyTopic(record));
        }
    }

    /** What is no request is answered where its writer looks for answers, if that can be read. */
    private Optional<String> allowedReplyTopic(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        try {
            return new RequestHeaders(record.headers())
                    .text(HeaderNames.REPLY_TOPIC)
                    .filter(replyTopics::allow);
        } catch (PoisonException e) {
            return Optional.empty();
        }
    }

    private void requireSize(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) throws PoisonException {
        long bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += header.key().length() + length(header.value());
        }
        if (bytes > limits.maxRecordBytes()) {
            throw new PoisonException(
                    PoisonReason.OVERSIZED,
                    "the record has " + bytes + " bytes, at most " + limits.maxRecordBytes() + " are read");
        }
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void requireVersion(Optional<String> version) throws PoisonException {
        if (version.isPresent() && !version.get().equals(VERSION)) {
            throw new PoisonException(
                    PoisonReason.UNKNOWN_VERSION,
                    "the record is of version " + Found.text(version.get()) + "; " + VERSION
                            + " is the only one that is known here");
        }
    }

    private static RecordValue value(byte @Nullable [] value, RequestHeaders headers) throws PoisonException {
        String type = headers.contentType().orElse("application/json");
        byte[] bytes = value == null ? new byte[0] : value;
        try {
            return switch (type) {
                case "application/json" -> RequestLine.read(bytes);
                case "application/x-protobuf", "application/protobuf" -> RequestMessage.read(bytes);
                default ->
                    throw new PoisonException(
                            PoisonReason.UNKNOWN_CONTENT_TYPE,
                            "the header content-type is " + Found.text(type)
                                    + ", must be application/json or application/x-protobuf");
            };
        } catch (UnreadableValueException e) {
            throw new PoisonException(PoisonReason.MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> key(byte @Nullable [] key) throws PoisonException {
        if (key == null || key.length == 0) {
            return Optional.empty();
        }
        if (key.length > BatchRequest.MOST_ID_CHARACTERS) {
            throw noId("the key has " + key.length + " bytes");
        }
        String text = new String(key, ISO_8859_1);
        if (!BatchRequest.isId(text)) {
            throw noId("the key " + Found.text(text) + " has other characters");
        }
        return Optional.of(text);
    }

    private static PoisonException noId(String found) {
        return new PoisonException(
                PoisonReason.INVALID_ID,
                found + ": an id has 1 to " + BatchRequest.MOST_ID_CHARACTERS + " printable characters of ASCII");
    }

    /** Two different ones would mean that a key which many records share takes them for repetitions of one. */
    private static String id(Optional<String> key, Optional<String> said) throws PoisonException {
        if (key.isPresent() && said.isPresent() && !key.equals(said)) {
            throw new PoisonException(
                    PoisonReason.INVALID_ID,
                    "the key " + Found.text(key.get()) + " is another than the value's custom_id "
                            + Found.text(said.get()) + ": the key is the id of the request");
        }
        String id = key.or(() -> said).orElseThrow(() -> noId("the record has neither a key nor a custom_id"));
        if (!BatchRequest.isId(id)) {
            throw noId("the custom_id " + Found.text(id) + " is too long, empty or has other characters");
        }
        return id;
    }

    private static BatchRequest request(String id, RecordValue value, RequestHeaders headers) throws PoisonException {
        return new BatchRequest(
                id,
                endpoint(value.url()),
                headers.text(HeaderNames.MODEL).or(value::model),
                value.body(),
                headers.tenant(),
                headers.priority(),
                headers.deadline(),
                headers.trace());
    }

    private static BatchEndpoint endpoint(Optional<String> url) throws PoisonException {
        return url.flatMap(BatchEndpoint::of)
                .orElseThrow(() -> new PoisonException(
                        PoisonReason.UNKNOWN_ENDPOINT,
                        "the field url is " + url.map(Found::text).orElse("missing") + ", must be one of "
                                + Arrays.stream(BatchEndpoint.values())
                                        .map(BatchEndpoint::path)
                                        .collect(Collectors.joining(", "))));
    }

    private Optional<String> replyTopic(RequestHeaders headers) throws PoisonException {
        Optional<String> topic = headers.text(HeaderNames.REPLY_TOPIC);
        if (topic.isPresent() && !replyTopics.allow(topic.get())) {
            throw new PoisonException(
                    PoisonReason.REPLY_TOPIC_REFUSED,
                    "the header " + HeaderNames.REPLY_TOPIC + " names " + Found.text(topic.get())
                            + ", a topic that this server does not answer into");
        }
        return topic;
    }
}
