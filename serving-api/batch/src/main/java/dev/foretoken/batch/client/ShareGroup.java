package dev.foretoken.batch.client;

import dev.foretoken.contract.ForetokenException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What a broker knows of workers that take requests as a share group, whose offsets the broker itself keeps. */
final class ShareGroup {

    private final TopicSession session;
    private final String group;

    ShareGroup(TopicSession session, String group) {
        this.session = session;
        this.group = group;
    }

    /** Empty where there is no share group of this name, or the broker has none at all. */
    Optional<ShareGroupDescription> description() throws InterruptedException {
        try {
            return Optional.ofNullable(session.failure()
                    .await(session.admin().describeShareGroups(List.of(group)).all())
                    .get(group));
        } catch (ForetokenException e) {
            if (e.getCause() instanceof GroupIdNotFoundException
                    || e.getCause() instanceof UnsupportedVersionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Requests of each partition that nobody has answered; one that is being answered is among them.
     *
     * @param first offsets that the topic still has
     * @param end offsets after the last
     */
    Map<TopicPartition, Long> open(Map<TopicPartition, Long> first, Map<TopicPartition, Long> end)
            throws InterruptedException {
        Map<TopicPartition, Long> open = new HashMap<>();
        end.forEach((partition, to) -> open.put(partition, to - first.getOrDefault(partition, 0L)));
        session.failure()
                .await(session.admin()
                        .listShareGroupOffsets(
                                Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(end.keySet())))
                        .partitionsToOffsetInfo(group))
                .forEach((partition, info) -> {
                    if (info != null) { // null: nothing was taken from it yet
                        open.computeIfPresent(
                                partition,
                                (same, kept) -> Math.min(
                                        kept, info.lag().orElse(end.getOrDefault(same, 0L) - info.startOffset())));
                    }
                });
        return open;
    }
}
