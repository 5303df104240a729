package dev.foretoken.batch.client;

import dev.foretoken.batch.offset.CompletedOffsets;
import dev.foretoken.contract.ForetokenException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * How far the workers of a group are.
 *
 * @param workers that are there now
 * @param state of the group, as Kafka calls it; {@code absent} where there was never a worker
 */
public record TopicStatus(int workers, String state, List<PartitionStatus> partitions) {

    private static final String ABSENT = "absent";
    private static final int MOST_METADATA = 1 << 20;

    public TopicStatus {
        partitions = List.copyOf(partitions);
    }

    /**
     * One partition of the requests.
     *
     * @param kept offsets that the topic still has
     * @param open of them without an answer; a request that is being answered is open
     */
    public record PartitionStatus(int partition, long kept, long open) {}

    public long open() {
        return partitions.stream().mapToLong(PartitionStatus::open).sum();
    }

    /** @throws ForetokenException where Kafka fails, or the topic is absent */
    public static TopicStatus read(TopicSession session, String group) throws InterruptedException {
        return new Reading(session, group).status();
    }

    private static final class Reading {

        private final TopicSession session;
        private final String group;
        private final Admin admin;

        Reading(TopicSession session, String group) {
            this.session = session;
            this.group = group;
            this.admin = session.admin();
        }

        TopicStatus status() throws InterruptedException {
            List<TopicPartition> partitions = partitions();
            Map<TopicPartition, Long> first = offsets(partitions, OffsetSpec.earliest());
            Map<TopicPartition, Long> end = offsets(partitions, OffsetSpec.latest());
            Optional<ConsumerGroupDescription> found = group();
            ShareGroup shared = new ShareGroup(session, group);
            Optional<ShareGroupDescription> share = found.isPresent() ? Optional.empty() : shared.description();
            Map<TopicPartition, Long> open = share.isPresent() ? shared.open(first, end) : uncommitted(first, end);
            return new TopicStatus(
                    found.map(one -> one.members().size())
                            .or(() -> share.map(one -> one.members().size()))
                            .orElse(0),
                    found.map(ConsumerGroupDescription::groupState)
                            .or(() -> share.map(ShareGroupDescription::groupState))
                            .map(state -> state.toString().toLowerCase(Locale.ROOT))
                            .orElse(ABSENT),
                    partitions.stream()
                            .map(each -> new PartitionStatus(
                                    each.partition(),
                                    end.getOrDefault(each, 0L) - first.getOrDefault(each, 0L),
                                    open.getOrDefault(each, 0L)))
                            .toList());
        }

        private Map<TopicPartition, Long> uncommitted(Map<TopicPartition, Long> first, Map<TopicPartition, Long> end)
                throws InterruptedException {
            Map<TopicPartition, OffsetAndMetadata> committed = committed();
            Map<TopicPartition, Long> open = new HashMap<>();
            end.forEach((partition, to) -> open.put(
                    partition,
                    open(first.getOrDefault(partition, 0L), to, Optional.ofNullable(committed.get(partition)))));
            return open;
        }

        private List<TopicPartition> partitions() throws InterruptedException {
            String topic = session.topics().requests();
            TopicDescription found = session.failure()
                    .await(admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic);
            return found.partitions().stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
        }

        private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which)
                throws InterruptedException {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            partitions.forEach(partition -> asked.put(partition, which));
            Map<TopicPartition, Long> out = new HashMap<>();
            Map<TopicPartition, ListOffsetsResultInfo> found =
                    session.failure().await(admin.listOffsets(asked).all());
            found.forEach((partition, info) -> out.put(partition, info.offset()));
            return out;
        }

        private Map<TopicPartition, OffsetAndMetadata> committed() throws InterruptedException {
            try {
                return session.failure()
                        .await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
            } catch (ForetokenException e) {
                return absent(e, Map.of());
            }
        }

        private Optional<ConsumerGroupDescription> group() throws InterruptedException {
            try {
                return Optional.ofNullable(session.failure()
                        .await(admin.describeConsumerGroups(List.of(group)).all())
                        .get(group));
            } catch (ForetokenException e) {
                return absent(e, Optional.empty());
            }
        }

        /** A group that was never there has committed nothing. */
        private static <T> T absent(ForetokenException failure, T instead) {
            if (failure.getCause() instanceof GroupIdNotFoundException) {
                return instead;
            }
            throw failure;
        }

        /** What is answered beyond the committed offset stands in its metadata. */
        private static long open(long first, long end, Optional<OffsetAndMetadata> committed) {
            long from = committed
                    .map(OffsetAndMetadata::offset)
                    .filter(at -> at > first)
                    .orElse(first);
            String metadata = committed.map(OffsetAndMetadata::metadata).orElse("");
            CompletedOffsets known =
                    CompletedOffsets.decode(from, metadata, end, MOST_METADATA).offsets();
            return Math.max(0, end - known.committed() - known.beyond());
        }
    }
}
