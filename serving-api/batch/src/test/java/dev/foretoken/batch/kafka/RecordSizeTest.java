package dev.foretoken.batch.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths of records against those that Kafka's own code makes. */
class RecordSizeTest {

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 50, 63, 64, 65, 8000, 8191, 8192, 200_000, 1_048_575, 1_048_576})
    void isThatOfABatchOfOne(int valueBytes) {
        byte[] value = valueBytes < 0 ? null : new byte[valueBytes];
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("topic", "key".getBytes(UTF_8), value);
        assertThat(RecordSize.of(record)).isEqualTo(made(record));
        record.headers().add("größe", "1".getBytes(UTF_8));
        record.headers().add("nothing", null);
        assertThat(RecordSize.of(record)).isEqualTo(made(record));
    }

    private static int made(ProducerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1, record.key(), record.value(), headers))
                .sizeInBytes();
    }
}
