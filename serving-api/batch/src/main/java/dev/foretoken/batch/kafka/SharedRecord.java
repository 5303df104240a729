package dev.foretoken.batch.kafka;

import java.util.List;
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

    private Progress progress = Progress.RUNNING;
    private long seenAt;
    private @Nullable Outcome outcome;
    private List<? extends Future<?>> sent = List.of();

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

    /**
     * Looks what became of what was sent, all of which has ended.
     *
     * @return something shorter to send in its place; null = nothing
     */
    @Nullable
    Outcome settle() throws InterruptedException {
        try {
            for (Future<?> one : sent) {
                one.get();
            }
            progress = sent.isEmpty() ? Progress.FAILED : Progress.ANSWERED;
        } catch (ExecutionException e) {
            RequestRun run = outcome == null ? null : outcome.run();
            if (e.getCause() instanceof RecordTooLargeException && run != null) {
                return run.tooLong();
            }
            progress = Progress.FAILED;
        }
        return null;
    }
}
