package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.PrefixOrder;
import dev.foretoken.batch.record.PoisonReason;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.batch.record.RecordReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Takes records that were read while there is room for them: for their requests in memory, and for what the metadata of a commit could come to. Each
 * becomes a run, or an outcome at once, or nothing where it is a repetition. Worker's thread.
 */
final class Intake {

    private static final ReadRecord.Poison CONFLICT = new ReadRecord.Poison(
            Optional.empty(),
            PoisonReason.ID_CONFLICT,
            "another request with this id, of another tenant or value, was answered or is being answered: send it under another id",
            Optional.empty());

    private final RecordReader reader;
    private final RunContext context;
    private final BatchConfig config;
    private final Hasher hasher = new Hasher();
    private final List<RequestRun> runs = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    Intake(RecordReader reader, RunContext context, BatchConfig config) {
        this.reader = reader.protecting(config.topics().own());
        this.context = context;
        this.config = config;
    }

    /** What is known without running anything, since the last call of {@link #take}. */
    List<Outcome> outcomes() {
        return outcomes;
    }

    /**
     * Takes from all partitions in turn.
     *
     * @param requests for so many there is room
     * @param bytes for requests of so many there is room; the first one is taken in any case
     * @return the requests, in the order in which they are to begin
     */
    List<RequestRun> take(Collection<Partition> partitions, int requests, long bytes) {
        runs.clear();
        outcomes.clear();
        long left = bytes;
        for (Partition partition : partitions) {
            while (runs.size() + outcomes.size() < requests && left > 0 && hasNext(partition)) {
                ConsumerRecord<byte[], byte[]> record = partition.arrived().remove();
                left -= size(record);
                if (partition.offsets().take(record.offset())) {
                    take(partition, record);
                }
            }
            partition.passIfEmpty();
        }
        return PrefixOrder.of(runs, RequestRun::request);
    }

    private boolean hasNext(Partition partition) {
        ConsumerRecord<byte[], byte[]> next = partition.arrived().peek();
        return next != null && partition.offsets().fits(config.limits().metadataBytes(), next.offset());
    }

    private void take(Partition partition, ConsumerRecord<byte[], byte[]> record) {
        RequestDigest digest = hasher.request(record);
        switch (reader.read(record)) {
            case ReadRecord.Readable readable -> take(partition, record, readable, digest);
            case ReadRecord.Poison poison -> {
                Optional<String> unanswered =
                        poison.id().filter(id -> known(partition, record, id, digest) == AnsweredIds.Known.NEW);
                if (unanswered.isPresent() && poison.replyTopic().isPresent()) {
                    runs.add(RequestRun.poison(partition, record, poison, digest, context));
                } else {
                    outcomes.add(context.outcomes().poison(partition, record, poison, unanswered, digest));
                }
            }
        }
    }

    /** An id that is answered, or being answered, gets no second answer: a repetition needs nothing more, and another request is told so. */
    private void take(
            Partition partition,
            ConsumerRecord<byte[], byte[]> record,
            ReadRecord.Readable readable,
            RequestDigest digest) {
        BatchRequest request = readable.request();
        switch (known(partition, record, request.id(), digest)) {
            case NEW -> {
                String topic = readable.replyTopic().orElse(config.topics().answers());
                runs.add(new RequestRun(partition, record, request, topic, digest, context));
            }
            case REPEATED -> {
                partition.complete(record.offset());
                context.metrics().duplicate();
            }
            case TAKEN ->
                outcomes.add(context.outcomes().poison(partition, record, CONFLICT, Optional.empty(), digest));
        }
    }

    private AnsweredIds.Known known(
            Partition partition, ConsumerRecord<byte[], byte[]> record, String id, RequestDigest digest) {
        return partition.ask(hasher.id(bytes(id)), digest, record.offset());
    }

    private static byte[] bytes(String id) {
        return id.getBytes(StandardCharsets.US_ASCII);
    }

    static long size(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? 0 : record.value().length;
    }
}
