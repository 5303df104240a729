package dev.foretoken.batch.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** How long a record is as brokers count it: alone in a batch, not compressed. */
final class RecordSize {

    /** Of a batch before its records. */
    private static final int BATCH_BYTES = 61;

    /** Attributes, and what time and offset are beyond those of the batch. */
    private static final int FIXED_BYTES = 3;

    private RecordSize() {}

    static int of(ProducerRecord<byte[], byte[]> record) {
        int bytes = FIXED_BYTES + sized(record.key()) + sized(record.value());
        int headers = 0;
        for (Header header : record.headers()) {
            bytes += sized(header.key().getBytes(UTF_8)) + sized(header.value());
            headers++;
        }
        bytes += varint(headers);
        return BATCH_BYTES + varint(bytes) + bytes;
    }

    private static int sized(byte @Nullable [] bytes) {
        return bytes == null ? varint(-1) : varint(bytes.length) + bytes.length;
    }

    /** Bytes of a number with its sign last and seven bits a byte. */
    private static int varint(int value) {
        int zigzag = value << 1 ^ value >> 31;
        return Math.max(1, (38 - Integer.numberOfLeadingZeros(zigzag)) / 7);
    }
}
