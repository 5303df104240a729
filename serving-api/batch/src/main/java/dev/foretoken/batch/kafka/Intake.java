package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.PrefixOrder;
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
 * becomes a run, or an outcome at once, or nothing where its id is known. Worker's thread.
 */
final class Intake {

    private final RecordReader reader;
    private final RunContext context;
    private final BatchConfig config;
    private final List<RequestRun> runs = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    Intake(RecordReader reader, RunContext context, BatchConfig config) {
        this.reader = reader;
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
        switch (reader.read(record)) {
            case ReadRecord.Readable readable -> {
                if (isNew(partition, record, readable.request().id())) {
                    BatchRequest request = readable.request();
                    String topic = readable.replyTopic().orElse(config.topics().answers());
                    runs.add(new RequestRun(partition, record, request, topic, context));
                }
            }
            case ReadRecord.Poison poison -> {
                Optional<String> unanswered =
                        poison.id().filter(id -> partition.ids().add(bytes(id)));
                outcomes.add(context.outcomes().poison(partition, record, poison, unanswered));
            }
        }
    }

    /** An id that is answered, or being answered, gets no second answer: its record needs nothing more. */
    private boolean isNew(Partition partition, ConsumerRecord<byte[], byte[]> record, String id) {
        if (partition.ids().add(bytes(id))) {
            return true;
        }
        partition.complete(record.offset());
        context.metrics().duplicate();
        return false;
    }

    private static byte[] bytes(String id) {
        return id.getBytes(StandardCharsets.US_ASCII);
    }

    static long size(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? 0 : record.value().length;
    }
}
