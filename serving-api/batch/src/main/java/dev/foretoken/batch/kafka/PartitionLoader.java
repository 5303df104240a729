package dev.foretoken.batch.kafka;

import dev.foretoken.batch.offset.CompletedOffsets;
import dev.foretoken.batch.offset.RestoredOffsets;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a partition's last owner left: the committed offset with what is complete beyond it, and the ids that were answered. Waits for transactions
 * that are not decided, so that what it returns is final once the group has given the partition to this worker. Blocks; any thread.
 */
final class PartitionLoader {

    private static final Logger LOG = System.getLogger(PartitionLoader.class.getName());

    private final BatchConfig config;
    private final KafkaClients clients;
    private final Admin admin;

    PartitionLoader(BatchConfig config, KafkaClients clients, Admin admin) {
        this.config = config;
        this.clients = clients;
        this.admin = admin;
    }

    /** How many ids are remembered of each partition, at least, by a worker that has so many: all of them together take the memory of one. */
    int remembered(int partitions) {
        return Math.max(1, config.limits().rememberedIds() / Math.max(1, partitions));
    }

    /**
     * What was known of these partitions of the requests' topic.
     *
     * @param least ids that are remembered of each
     * @param isWanted whether any of it still is; what is returned where it is not says nothing
     */
    Map<TopicPartition, Loaded> load(Collection<TopicPartition> partitions, int least, BooleanSupplier isWanted) {
        Map<TopicPartition, OffsetAndMetadata> committed = committed(partitions);
        Map<TopicPartition, ListOffsetsResultInfo> first = list(partitions, OffsetSpec.earliest());
        Map<TopicPartition, ListOffsetsResultInfo> end = list(partitions, OffsetSpec.latest());
        Map<TopicPartition, AnsweredIds> ids = answered(partitions, least, isWanted);
        Map<TopicPartition, Loaded> loaded = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long from = first.get(partition).offset();
            CompletedOffsets offsets = restore(
                    partition,
                    committed.get(partition),
                    from,
                    end.get(partition).offset());
            loaded.put(partition, new Loaded(offsets, Math.max(from, offsets.committed()), ids.get(partition)));
        }
        return loaded;
    }

    /** Waits where a transaction that has committed offsets is not decided. */
    private Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
        return KafkaClients.await(
                admin.listConsumerGroupOffsets(
                                Map.of(config.group(), new ListConsumerGroupOffsetsSpec().topicPartitions(partitions)),
                                new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .partitionsToOffsetAndMetadata(config.group()),
                KafkaClients.UNDECIDED);
    }

    private Map<TopicPartition, ListOffsetsResultInfo> list(Collection<TopicPartition> partitions, OffsetSpec spec) {
        return KafkaClients.await(
                admin.listOffsets(partitions.stream().collect(Collectors.toMap(Function.identity(), any -> spec)))
                        .all());
    }

    private CompletedOffsets restore(
            TopicPartition partition, @Nullable OffsetAndMetadata committed, long first, long end) {
        if (committed == null) {
            return new CompletedOffsets(first);
        }
        if (committed.offset() > end) {
            LOG.log(
                    Level.WARNING,
                    "{0} ends at {1}, before the committed offset {2}: it was made anew, and is read from its"
                            + " beginning",
                    partition,
                    end,
                    committed.offset());
            return new CompletedOffsets(first);
        }
        if (committed.offset() < first) {
            LOG.log(
                    Level.WARNING,
                    "{0} begins at {1}, behind the committed offset {2}: what was between them was deleted"
                            + " before it was answered",
                    partition,
                    first,
                    committed.offset());
        }
        RestoredOffsets restored = CompletedOffsets.decode(
                committed.offset(), committed.metadata(), end, config.limits().metadataBytes());
        restored.problem().ifPresent(problem -> LOG.log(Level.WARNING, "{0}: {1}", partition, problem));
        return restored.offsets();
    }

    /** Reads the newest to where the topic ends now, open transactions included. */
    private Map<TopicPartition, AnsweredIds> answered(
            Collection<TopicPartition> partitions, int least, BooleanSupplier isWanted) {
        Map<TopicPartition, AnsweredIds> ids = new HashMap<>();
        Map<TopicPartition, AnsweredIds> sources = new HashMap<>();
        for (TopicPartition partition : partitions) {
            AnsweredIds empty = new AnsweredIds(least);
            ids.put(partition, empty);
            sources.put(new TopicPartition(config.topics().answered(), partition.partition()), empty);
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        list(sources.keySet(), OffsetSpec.latest()).forEach((source, info) -> ends.put(source, info.offset()));
        ends.values().removeIf(end -> end == 0);
        if (!ends.isEmpty()) {
            try (KafkaConsumer<byte[], byte[]> reader = clients.reader()) {
                new AnsweredReader(reader, System::nanoTime, isWanted).read(sources, ends, least);
            }
        }
        return ids;
    }
}
