package dev.foretoken.batch.record.proto;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.foretoken.batch.record.value.RecordValue;
import dev.foretoken.batch.record.value.UnreadableValueException;
import dev.foretoken.wire.v1.BatchRecord;
import java.util.Optional;

/** The message {@code foretoken.v1.BatchRecord}. Its body is the JSON of the endpoint's HTTP route; unset fields are not said. */
public final class RequestMessage {

    private RequestMessage() {}

    /** @throws UnreadableValueException where the bytes are no such message, or it has no body */
    public static RecordValue read(byte[] message) throws UnreadableValueException {
        BatchRecord read;
        try {
            read = BatchRecord.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new UnreadableValueException("the value is not a message foretoken.v1.BatchRecord");
        }
        if (read.getBody().isEmpty()) {
            throw new UnreadableValueException("the message has no body");
        }
        return new RecordValue(
                said(read.getV() == 0 ? "" : Integer.toString(read.getV())),
                said(read.getCustomId()),
                said(read.getUrl()),
                said(read.getModel()),
                read.getBody().toByteArray());
    }

    private static Optional<String> said(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
