package dev.foretoken.batch.kafka;

import dev.foretoken.batch.record.HeaderNames;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Makes what is remembered of ids and requests. Of a cryptographic digest, since callers choose both: who finds two with the same bits would have one of
 * them never answered. One thread.
 */
final class Hasher {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final MessageDigest sha;
    private final byte[] length = new byte[Integer.BYTES];

    Hasher() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    IdHash id(byte[] id) {
        byte[] digest = sha.digest(id);
        return new IdHash((long) LONGS.get(digest, 0), (long) LONGS.get(digest, Long.BYTES));
    }

    /** Of whose the request is, which model it names beside its value, and the value as it was sent: not of when it is wanted, or how urgently. */
    RequestDigest request(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        add(record.headers(), HeaderNames.TENANT);
        add(record.headers(), HeaderNames.MODEL);
        byte[] value = record.value();
        if (value != null) {
            sha.update(value);
        }
        byte[] digest = sha.digest();
        return new RequestDigest((long) LONGS.get(digest, 0), (long) LONGS.get(digest, Long.BYTES));
    }

    /** With its length before it, so that the end of one is not taken for the beginning of the next. */
    private void add(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        byte[] value = header == null || header.value() == null ? new byte[0] : header.value();
        INTS.set(length, 0, value.length);
        sha.update(length);
        sha.update(value);
    }
}
