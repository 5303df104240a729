package dev.foretoken.batch.kafka;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** 128 bits that stand for what a request asks, by which a repetition is told from another request with the same id. */
record RequestDigest(long high, long low) {

    /** Of a request that was answered by a worker which did not remember what it asked. */
    static final RequestDigest UNKNOWN = new RequestDigest(0, 0);

    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 2 * Long.BYTES;

    /** The value of a record of the answered ids: version and bits. */
    byte[] written() {
        return ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .putLong(high)
                .putLong(low)
                .array();
    }

    /** Of such a value; UNKNOWN where it is empty, as older workers wrote it, or of another version. */
    static RequestDigest read(byte @Nullable [] value) {
        if (value == null || value.length != BYTES || value[0] != VERSION) {
            return UNKNOWN;
        }
        ByteBuffer bits = ByteBuffer.wrap(value, 1, BYTES - 1);
        return new RequestDigest(bits.getLong(), bits.getLong());
    }
}
