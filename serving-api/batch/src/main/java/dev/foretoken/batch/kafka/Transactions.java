package dev.foretoken.batch.kafka;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;

/** Sends outcomes and offsets in one transaction: all of it is committed, or nothing. One thread. */
final class Transactions {

    /** What became of a transaction. */
    sealed interface Result {
        record Committed() implements Result {}

        /**
         * Nothing of it is committed; the same may be sent again.
         *
         * @param tooLong outcomes with a record that is longer than the broker takes
         */
        record Aborted(KafkaException cause, Set<Outcome> tooLong) implements Result {}
    }

    /** Nobody here knows whether a transaction was committed. */
    static final class UndecidedException extends KafkaException {
        UndecidedException(TimeoutException cause) {
            super("the broker did not say in time whether it committed", cause);
        }
    }

    private static final int COMMIT_TRIES = 3;

    private final Producer<byte[], byte[]> producer;

    Transactions(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Sends and commits.
     *
     * @throws KafkaException nobody here knows whether it is committed, or another worker has this one's place: everything begins anew
     */
    Result send(List<Outcome> outcomes, Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        Set<Outcome> tooLong = ConcurrentHashMap.newKeySet();
        try {
            producer.beginTransaction();
            outcomes.forEach(outcome -> send(outcome, tooLong));
            producer.sendOffsetsToTransaction(offsets, group);
            commit();
            return new Result.Committed();
        } catch (UndecidedException e) {
            throw e;
        } catch (KafkaException e) {
            producer.abortTransaction();
            return new Result.Aborted(e, Set.copyOf(tooLong));
        }
    }

    private void send(Outcome outcome, Set<Outcome> tooLong) {
        for (ProducerRecord<byte[], byte[]> one : outcome.records()) {
            producer.send(one, (metadata, failure) -> {
                if (failure instanceof RecordTooLargeException) {
                    tooLong.add(outcome);
                }
            });
        }
    }

    /** Waiting for a commit may be taken up again, and must not be given up for an abort: it may have been done. */
    private void commit() {
        for (int tries = 1; ; tries++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (tries == COMMIT_TRIES) {
                    throw new UndecidedException(e);
                }
            }
        }
    }
}
