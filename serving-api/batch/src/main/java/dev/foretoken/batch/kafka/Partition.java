package dev.foretoken.batch.kafka;

import dev.foretoken.batch.offset.CompletedOffsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** One partition of the requests, from when this worker gets it until it has it no longer. Of the worker's thread, but for {@link #isLost}. */
final class Partition {

    private record Asked(IdHash id, RequestDigest digest) {}

    private final TopicPartition name;
    private final Deque<ConsumerRecord<byte[], byte[]>> arrived = new ArrayDeque<>();
    private final Set<RequestRun> runs = new HashSet<>();
    private final CompletedOffsets offsets;
    private final AnsweredIds ids;

    /** By the offsets of their records. */
    private final Map<Long, Asked> asked = new HashMap<>();

    private final Map<IdHash, RequestDigest> underWay = new HashMap<>();
    private volatile boolean lost;
    private long readTo;

    /** Offsets were completed that no transaction has committed. */
    private boolean dirty;

    Partition(TopicPartition name, Loaded loaded) {
        this.name = name;
        this.offsets = loaded.offsets();
        this.ids = loaded.ids();
    }

    /** One that many workers share: nobody keeps how far it is answered, and which ids were. */
    static Partition shared(TopicPartition name) {
        return new Partition(name, new Loaded(new CompletedOffsets(0), 0, new AnsweredIds(1)));
    }

    TopicPartition name() {
        return name;
    }

    /** Records that were read and not looked at, in their order. */
    Deque<ConsumerRecord<byte[], byte[]>> arrived() {
        return arrived;
    }

    CompletedOffsets offsets() {
        return offsets;
    }

    /** Those that were answered. */
    AnsweredIds ids() {
        return ids;
    }

    /** Requests that are under way. */
    Set<RequestRun> runs() {
        return runs;
    }

    /**
     * What is known of the id of a record that was taken. A new one is known from then on: until the record is complete, however many come and go
     * meanwhile, and as one of the newest that were answered then.
     */
    AnsweredIds.Known ask(IdHash id, RequestDigest digest, long offset) {
        RequestDigest before = underWay.get(id);
        AnsweredIds.Known known = before == null ? ids.known(id, digest) : AnsweredIds.known(before, digest);
        if (known == AnsweredIds.Known.NEW) {
            underWay.put(id, digest);
            asked.put(offset, new Asked(id, digest));
        }
        return known;
    }

    /** The record needs nothing more; the next transaction says so. */
    void complete(long offset) {
        offsets.complete(offset);
        Asked answered = asked.remove(offset);
        if (answered != null) {
            underWay.remove(answered.id());
            ids.remember(answered.id(), answered.digest());
        }
        dirty = true;
    }

    /** Up to this offset there is no record but those that arrived. */
    void readTo(long offset) {
        readTo = offset;
        passIfEmpty();
    }

    /** Offsets without a record, such as the markers of transactions, are passed over once the records before them were taken. */
    void passIfEmpty() {
        if (arrived.isEmpty()) {
            long before = offsets.committed();
            offsets.pass(readTo);
            dirty |= offsets.committed() != before;
        }
    }

    boolean isDirty() {
        return dirty;
    }

    void committed() {
        dirty = false;
    }

    OffsetAndMetadata commit() {
        return new OffsetAndMetadata(offsets.committed(), offsets.metadata());
    }

    /** Another worker has it, or will: nothing that comes of it is committed here. */
    void lose() {
        lost = true;
        arrived.clear();
        runs.forEach(RequestRun::abandon);
    }

    boolean isLost() {
        return lost;
    }
}
