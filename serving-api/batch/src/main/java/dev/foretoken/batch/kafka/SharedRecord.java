package dev.foretoken.batch.kafka;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/** One record that a share group lent to this worker, until it was acknowledged for good. One thread. */
final class SharedRecord {

    /** Where a record is. */
    record Place(TopicPartition partition, long offset) {}

    /** How far it is. */
    enum Progress {
        RUNNING,
        ANSWERED,
        /** Another worker may try: this one could not send the answer, or was closed. */
        FAILED,
    }

    /** An error for an answer that is too long, the same in the usual topic, and the reason alone of a dead letter. */
    private static final int MOST_SUBSTITUTES = 3;

    private Progress progress = Progress.RUNNING;
    private long seenAt;
    private @Nullable Outcome outcome;
    private List<? extends Future<?>> sent = List.of();
    private int substituted;

    Progress progress() {
        return progress;
    }

    /** The group lent it, or lent it on, now. */
    void seen(long nanos) {
        seenAt = nanos;
    }

    long seenAt() {
        return seenAt;
    }

    /** Begins to send what came of it. */
    void send(Outcome ended, Producer<byte[], byte[]> producer) {
        outcome = ended;
        sent = ended.records().stream().map(producer::send).toList();
    }

    /** What was sent last. */
    Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /**
     * Looks what became of what was sent, all of which has ended.
     *
     * @return something to send in its place; empty = nothing
     */
    Optional<Outcome> settle(Substitutes substitutes) throws InterruptedException {
        for (int i = 0; i < sent.size(); i++) {
            try {
                sent.get(i).get();
            } catch (ExecutionException e) {
                progress = Progress.FAILED;
                return substitute(substitutes, i, e.getCause());
            }
        }
        progress = sent.isEmpty() ? Progress.FAILED : Progress.ANSWERED;
        return Optional.empty();
    }

    private Optional<Outcome> substitute(Substitutes substitutes, int refused, Throwable why) {
        Outcome ended = outcome;
        boolean isForGood = why instanceof RecordTooLargeException || ReplyPlaces.isGone(why);
        if (ended == null || !isForGood || substituted++ == MOST_SUBSTITUTES) {
            return Optional.empty();
        }
        Transactions.Refusal refusal = new Transactions.Refusal(ended.records().get(refused), (RuntimeException) why);
        Outcome other = substitutes.instead(ended, refusal);
        return other == ended ? Optional.empty() : Optional.of(other);
    }
}
