package dev.foretoken.batch.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Outcomes on their way into a transaction. What a transaction had that was aborted is in the next one, since its offsets count as complete from then
 * on. Worker's thread.
 */
final class Settlement {

    private static final Logger LOG = System.getLogger(Settlement.class.getName());
    private static final int MOST_ABORTS = 20;

    /** That end a transaction at once: what a broker takes well within a transaction's time. */
    private static final long TRANSACTION_BYTES = 8 << 20;

    private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

    private final Transactions transactions;
    private final Substitutes substitutes;
    private final Supplier<ConsumerGroupMetadata> group;
    private final WorkerLimits limits;
    private final BatchMetrics metrics;
    private final Deque<Outcome> waiting = new ArrayDeque<>();

    /** Whose offsets are complete, and which no transaction has committed. */
    private final List<Outcome> begun = new ArrayList<>();

    private long bytes;
    private long oldestAt;
    private int aborts;

    /** Those that were too long in a transaction that was aborted, perhaps only with others: each is sent in a batch of its own. */
    private final Set<Outcome> alone = Collections.newSetFromMap(new IdentityHashMap<>());

    private long notBefore;
    private boolean isStopped;

    Settlement(
            Transactions transactions,
            Substitutes substitutes,
            Supplier<ConsumerGroupMetadata> group,
            WorkerLimits limits,
            BatchMetrics metrics) {
        this.transactions = transactions;
        this.substitutes = substitutes;
        this.group = group;
        this.limits = limits;
        this.metrics = metrics;
    }

    void add(List<Outcome> outcomes, long nanos) {
        if (outcomes.isEmpty()) {
            return; // offsets that wait without an answer, those of duplicates, get no younger
        }
        if (size() == 0) {
            oldestAt = nanos;
        }
        waiting.addAll(outcomes);
        outcomes.forEach(outcome -> bytes += outcome.bytes());
    }

    int size() {
        return waiting.size() + begun.size();
    }

    /** Of the records that wait. */
    long bytes() {
        return bytes;
    }

    /** Whether it is time for a transaction. */
    boolean isDue(Collection<Partition> partitions, long nanos, boolean nothingRuns) {
        if (aborts > 0) {
            return nanos - notBefore >= 0;
        }
        boolean isLate = nanos - oldestAt >= limits.transactionDelay().toNanos();
        if (size() == 0) {
            return isLate && partitions.stream().anyMatch(Partition::isDirty);
        }
        return nothingRuns || isLate || size() >= limits.transactionAnswers() || bytes >= TRANSACTION_BYTES;
    }

    /** Forgets what belongs to another worker now. */
    void dropLost() {
        waiting.removeIf(outcome -> outcome.partition().isLost());
        begun.removeIf(outcome -> outcome.partition().isLost());
        count();
    }

    private void count() {
        bytes = waiting.stream().mapToLong(Outcome::bytes).sum()
                + begun.stream().mapToLong(Outcome::bytes).sum();
    }

    /**
     * Commits what waits, up to the limit of a transaction, with the offsets of all partitions that went on.
     *
     * @return whether anything was committed
     */
    boolean commit(Collection<Partition> partitions, long nanos) {
        if (isStopped) {
            return false;
        }
        begin();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.stream()
                .filter(Partition::isDirty)
                .forEach(partition -> offsets.put(partition.name(), partition.commit()));
        if (offsets.isEmpty()) {
            aborts = 0;
            return false;
        }
        long from = System.nanoTime();
        return switch (send(offsets)) {
            case Transactions.Result.Committed committed -> {
                settled(partitions, Duration.ofNanos(System.nanoTime() - from));
                oldestAt = nanos;
                yield true;
            }
            case Transactions.Result.Aborted aborted -> {
                aborted(aborted, nanos);
                yield false;
            }
        };
    }

    /** Fills the transaction up to its limits. */
    private void begin() {
        long begunBytes = begun.stream().mapToLong(Outcome::bytes).sum();
        while (!waiting.isEmpty() && begun.size() < limits.transactionAnswers() && begunBytes < TRANSACTION_BYTES) {
            Outcome next = waiting.poll();
            next.partition().complete(next.offset());
            begun.add(next);
            begunBytes += next.bytes();
        }
    }

    private Transactions.Result send(Map<TopicPartition, OffsetAndMetadata> offsets) {
        boolean isDecided = false;
        try {
            Transactions.Result result = transactions.send(begun, offsets, group.get(), alone);
            isDecided = true;
            return result;
        } finally {
            isStopped |= !isDecided;
        }
    }

    /** Commits nothing more: what a transaction had of which nobody knows whether it is committed must not be sent again. */
    void stop() {
        isStopped = true;
    }

    private void settled(Collection<Partition> partitions, Duration took) {
        aborts = 0;
        alone.clear();
        partitions.forEach(Partition::committed);
        for (Outcome outcome : begun) {
            bytes -= outcome.bytes();
            outcome.settled();
            if (outcome.status() != 0) {
                metrics.answered(outcome.status());
            }
            if (!outcome.reason().isEmpty()) {
                metrics.deadLettered(outcome.reason());
            }
        }
        metrics.committed(begun.size(), took);
        begun.clear();
    }

    private void aborted(Transactions.Result.Aborted aborted, long nanos) {
        KafkaException cause = aborted.cause();
        metrics.aborted();
        boolean isOther = substitutes.replace(begun, aborted.refused(), alone);
        boolean isOtherwise = isOther || alone.addAll(aborted.tooLong());
        aborts = isOtherwise ? 1 : aborts + 1;
        count();
        LOG.log(Level.DEBUG, "a transaction was given up, and is sent again", cause);
        if (aborts >= MOST_ABORTS) {
            throw cause;
        }
        notBefore = nanos + Math.min(LONGEST_PAUSE_NANOS, SHORTEST_PAUSE_NANOS << Math.min(aborts, 10));
    }
}
