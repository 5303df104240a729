package dev.foretoken.batch.kafka;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics that are absent, and refuses those that do not fit together. */
final class TopicSetup {

    private static final Logger LOG = System.getLogger(TopicSetup.class.getName());
    private static final int LOOKS = 100;

    /** As much as is read of one record, and what Kafka puts around it. */
    private static final int REQUEST_BYTES = (8 << 20) + (64 << 10);

    private static final long LOOK_MILLIS = 100;
    private static final Duration LONGEST_WAIT = Duration.ofDays(14);

    private final Admin admin;
    private final BatchConfig config;

    TopicSetup(Admin admin, BatchConfig config) {
        this.admin = admin;
        this.config = config;
    }

    /** Returns once all topics are there and fit. */
    void prepare() {
        BatchTopics topics = config.topics();
        Set<String> present = KafkaClients.await(admin.listTopics().names());
        int partitions = present.contains(topics.requests()) ? partitions(topics.requests()) : config.partitions();
        Map<String, Map<String, String>> wanted = Map.of(
                topics.requests(), requestsSettings(),
                topics.answers(), Map.of(),
                topics.deadLetters(), Map.of(),
                topics.answered(), answeredSettings(),
                topics.jobAnswers(), jobAnswersSettings());
        List<NewTopic> absent = new ArrayList<>();
        wanted.forEach((topic, settings) -> {
            if (!present.contains(topic)) {
                absent.add(new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings));
            }
        });
        absent.forEach(this::create);
        requireSamePartitions();
        absent.forEach(topic -> awaitLeaders(topic.name()));
    }

    /** What waits for a worker stays for as long as any job has time. */
    private static Map<String, String> requestsSettings() {
        return Map.of(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(REQUEST_BYTES),
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(LONGEST_WAIT.toMillis()));
    }

    private Map<String, String> answeredSettings() {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(config.limits().rememberedFor().toMillis()));
    }

    /** Whoever has a job next finds every answer of which the id is still remembered. */
    private Map<String, String> jobAnswersSettings() {
        Duration time = config.limits().rememberedFor().multipliedBy(2);
        return Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(time.toMillis()));
    }

    /** Workers that start together create at the same time: who comes second finds it there. */
    private void create(NewTopic topic) {
        try {
            KafkaClients.await(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException e) {
            LOG.log(Level.DEBUG, "topic {0} was created by another worker meanwhile", topic.name());
        }
    }

    /**
     * Leaders answer this themselves, once they take records. One that takes the second batch of a producer, and was not there for the first, refuses that
     * one until it is given up, and with it the whole transaction.
     */
    private void awaitLeaders(String topic) {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (int partition = 0; partition < partitions(topic); partition++) {
            all.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        known(() -> KafkaClients.await(admin.listOffsets(all).all()));
    }

    private void requireSamePartitions() {
        BatchTopics topics = config.topics();
        int requests = partitions(topics.requests());
        int answered = partitions(topics.answered());
        if (requests != answered) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "topic " + topics.requests() + " has " + requests + " partitions and " + topics.answered() + " "
                            + answered + ": give both as many, since partition p of one holds the ids of partition p of"
                            + " the other");
        }
    }

    private int partitions(String topic) {
        return known(() ->
                        KafkaClients.await(admin.describeTopics(List.of(topic)).allTopicNames()))
                .get(topic)
                .partitions()
                .size();
    }

    /** A topic that was created a moment ago is not known to every broker yet. */
    private static <T> T known(Supplier<T> question) {
        for (int tries = 1; ; tries++) {
            try {
                return question.get();
            } catch (UnknownTopicOrPartitionException e) {
                if (tries == LOOKS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}
