package dev.foretoken.batch.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Which topics are there to be answered into. A producer waits for one that is not, and with it everything that is in the same transaction; so the broker
 * is asked before, on the thread of the request. Any thread.
 */
final class ReplyPlaces {

    private static final Logger LOG = System.getLogger(ReplyPlaces.class.getName());
    private static final int MOST_KNOWN = 1000;
    private static final long KNOWN_NANOS = Duration.ofMinutes(1).toNanos();

    private final Admin admin;
    private final BatchTopics topics;
    private final LongSupplier nanoTime;
    private final Map<String, Long> seenAt = new ConcurrentHashMap<>();

    ReplyPlaces(Admin admin, BatchTopics topics, LongSupplier nanoTime) {
        this.admin = admin;
        this.topics = topics;
        this.nanoTime = nanoTime;
    }

    /** Where answers go unless a request says otherwise. */
    String usual() {
        return topics.answers();
    }

    /** Whether answers for it wait until it takes them: it is the usual one, or who waits for answers of jobs looks nowhere else. */
    boolean hasNoOther(String topic) {
        return topic.equals(usual()) || topic.equals(topics.jobAnswers());
    }

    /** Asks again when it is next asked for. */
    void forget(String topic) {
        seenAt.remove(topic);
    }

    /** Whether the broker says so of a topic: there is none, or none for this worker. */
    static boolean isGone(Throwable why) {
        return why instanceof UnknownTopicOrPartitionException
                || why instanceof InvalidTopicException
                || why instanceof TopicAuthorizationException;
    }

    /**
     * Those of which the broker says within a moment that they are gone, whatever it said before. The worker's thread, which is not to wait longer, asks
     * once for all of them.
     */
    Set<String> missing(Set<String> topics) {
        List<String> asked = topics.stream().filter(topic -> !hasNoOther(topic)).toList();
        asked.forEach(this::forget);
        Map<String, KafkaFuture<TopicDescription>> answers =
                asked.isEmpty() ? Map.of() : admin.describeTopics(asked).topicNameValues();
        KafkaClients.awaitShortly(answers.values());
        return asked.stream().filter(topic -> isGone(answers.get(topic))).collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isGone(KafkaFuture<TopicDescription> answer) {
        try {
            KafkaClients.await(answer, Duration.ZERO);
            return false;
        } catch (KafkaException e) {
            return isGone(e);
        }
    }

    /** The topic, or the usual one where the broker says that there is no such topic, or none for this worker. */
    String orUsual(String topic) {
        if (hasNoOther(topic)) {
            return topic;
        }
        long now = nanoTime.getAsLong();
        Long seen = seenAt.get(topic);
        if (seen != null && now - seen < KNOWN_NANOS) {
            return topic;
        }
        try {
            KafkaClients.await(admin.describeTopics(List.of(topic)).allTopicNames());
        } catch (KafkaException e) {
            if (isGone(e)) {
                LOG.log(Level.WARNING, "there is no topic {0} to answer into: {1} is taken", topic, usual());
                return usual();
            }
            LOG.log(Level.DEBUG, "the broker does not say whether there is a topic " + topic, e);
            return topic;
        }
        if (seenAt.size() >= MOST_KNOWN) {
            seenAt.clear();
        }
        seenAt.put(topic, now);
        return topic;
    }
}
