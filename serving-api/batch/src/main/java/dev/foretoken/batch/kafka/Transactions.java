package dev.foretoken.batch.kafka;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortedException;

/** Sends outcomes and offsets in one transaction: all of it is committed, or nothing. One thread. */
final class Transactions {

    /** What became of a transaction. */
    sealed interface Result {
        record Committed() implements Result {}

        /**
         * Nothing of it is committed; the same may be sent again.
         *
         * @param refused of outcomes, a record that its topic did not take
         */
        record Aborted(KafkaException cause, Map<Outcome, Refusal> refused) implements Result {
            /** Those of which a record was too long, perhaps only with others in its batch. */
            Set<Outcome> tooLong() {
                return refused.entrySet().stream()
                        .filter(one -> one.getValue().isTooLong())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toUnmodifiableSet());
            }
        }
    }

    /**
     * Why a record was not taken; where it is too long, perhaps only with those that were in the same batch.
     */
    record Refusal(ProducerRecord<byte[], byte[]> record, Exception why) {
        boolean isTooLong() {
            return why instanceof RecordTooLargeException;
        }
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
     * @param alone of the outcomes, those of which each record has a batch of its own: one that is refused then is so for itself
     * @throws KafkaException nobody here knows whether it is committed, or another worker has this one's place: everything begins anew
     */
    Result send(
            List<Outcome> outcomes,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group,
            Set<Outcome> alone) {
        Map<Outcome, Refusal> refused = new ConcurrentHashMap<>();
        try {
            producer.beginTransaction();
            outcomes.forEach(outcome -> send(outcome, refused, alone.contains(outcome)));
            producer.sendOffsetsToTransaction(offsets, group);
            commit();
            return new Result.Committed();
        } catch (UndecidedException e) {
            throw e;
        } catch (KafkaException e) {
            producer.abortTransaction();
            return new Result.Aborted(e, Map.copyOf(refused));
        }
    }

    private void send(Outcome outcome, Map<Outcome, Refusal> refused, boolean isAlone) {
        for (ProducerRecord<byte[], byte[]> one : outcome.records()) {
            if (isAlone) {
                producer.flush();
            }
            producer.send(one, (metadata, failure) -> {
                if (failure instanceof ApiException && !(failure instanceof TransactionAbortedException)) {
                    refused.putIfAbsent(outcome, new Refusal(one, failure));
                }
            });
        }
        if (isAlone) {
            producer.flush();
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
