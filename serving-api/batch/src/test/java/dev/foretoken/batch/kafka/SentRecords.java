package dev.foretoken.batch.kafka;

import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Records that a broker has taken. */
public final class SentRecords {

    private SentRecords() {}

    /** Sends them, and waits until the broker has each: a test of what became of one that it refused would wait in vain. */
    public static void all(Producer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
        producer.flush();
        for (int i = 0; i < sent.size(); i++) {
            if (sent.get(i).state() == Future.State.FAILED) {
                throw new AssertionError(
                        "record " + i + " for " + records.get(i).topic() + " was not taken",
                        sent.get(i).exceptionNow());
            }
        }
    }
}
