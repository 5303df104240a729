package dev.foretoken.batch.kafka;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * 128 bits that stand for an id. Of a cryptographic digest, since callers choose ids: who finds two with the same bits would have one of them never
 * answered.
 */
record IdHash(long high, long low) {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    static IdHash of(byte[] id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id);
            return new IdHash((long) LONGS.get(digest, 0), (long) LONGS.get(digest, Long.BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
