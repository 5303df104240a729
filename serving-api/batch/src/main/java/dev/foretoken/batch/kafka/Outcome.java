package dev.foretoken.batch.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What came of one record of the requests' topic, on its way into a transaction.
 *
 * @param partition it is of
 * @param offset of the record
 * @param records to send with it; empty = nothing came of it: its run was abandoned
 * @param status of the answer; 0 = there is none
 * @param reason it is among the dead letters; empty = it is not
 * @param run what made it; null = a dead letter, which nobody ran
 */
record Outcome(
        Partition partition,
        long offset,
        List<ProducerRecord<byte[], byte[]>> records,
        int status,
        String reason,
        @Nullable RequestRun run) {

    boolean isAbandoned() {
        return records.isEmpty();
    }

    /** The broker has it. */
    void settled() {
        if (run != null) {
            run.settled();
        }
    }

    /** Without the record of the answered id, where nobody remembers ids. */
    Outcome forgettable(String answered) {
        List<ProducerRecord<byte[], byte[]>> seen =
                records.stream().filter(one -> !one.topic().equals(answered)).toList();
        return new Outcome(partition, offset, seen, status, reason, run);
    }

    /** With another record in the place of one of its own. */
    Outcome with(ProducerRecord<byte[], byte[]> old, ProducerRecord<byte[], byte[]> other) {
        List<ProducerRecord<byte[], byte[]>> all =
                records.stream().map(one -> one == old ? other : one).toList();
        return new Outcome(partition, offset, all, status, reason, run);
    }

    int bytes() {
        int bytes = 0;
        for (ProducerRecord<byte[], byte[]> one : records) {
            bytes += one.value() == null ? 0 : one.value().length;
        }
        return bytes;
    }
}
