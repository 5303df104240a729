package dev.foretoken.batch.kafka;

import dev.foretoken.batch.record.DeadLetter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What is sent in the place of records that their topic does not take, so that one of them does not hold up all that are in the same transaction: errors
 * for answers that are too long, the usual topic for one that a request named. Worker's thread.
 */
final class Substitutes {

    private static final Logger LOG = System.getLogger(Substitutes.class.getName());

    /** Errors are no longer, but for what is said of a record that is no request. */
    private static final int ERROR_BYTES = 2048;

    private final Admin admin;
    private final ReplyPlaces places;
    private final String deadLetters;
    private final int longestRequest;

    /** @param longestRequest of the producer: a record that is longer is not even sent */
    Substitutes(Admin admin, ReplyPlaces places, String deadLetters, int longestRequest) {
        this.admin = admin;
        this.places = places;
        this.deadLetters = deadLetters;
        this.longestRequest = longestRequest;
    }

    /**
     * Puts others in the place of outcomes with a record that was refused for itself, not for what was in its batch.
     *
     * @param alone those of which no record was in a batch with others
     * @return whether there is another one
     */
    boolean replace(List<Outcome> outcomes, Map<Outcome, Transactions.Refusal> refused, Set<Outcome> alone) {
        Set<String> missing = places.missing(topics(refused, alone, false));
        Map<String, Integer> limits = limits(topics(refused, alone, true));
        boolean isAny = false;
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            Transactions.Refusal refusal = refused.get(outcome);
            if (refusal != null) {
                int limit = alone.contains(outcome)
                        ? 0
                        : limits.getOrDefault(refusal.record().topic(), longestRequest);
                Outcome other = instead(outcome, refusal, limit, missing);
                isAny |= other != outcome;
                outcomes.set(i, other);
            }
        }
        return isAny;
    }

    /** Of which more is to be known: how long their records may be, or whether they are there. */
    private static Set<String> topics(
            Map<Outcome, Transactions.Refusal> refused, Set<Outcome> alone, boolean isTooLong) {
        return refused.entrySet().stream()
                .filter(one -> one.getValue().isTooLong() == isTooLong)
                .filter(one -> !alone.contains(one.getKey()) || !isTooLong)
                .filter(one -> !ReplyPlaces.isGone(one.getValue().why()))
                .map(one -> one.getValue().record().topic())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Another one in the place of an outcome with a record that was refused for itself, by what is known; the same one = there is none. */
    Outcome instead(Outcome outcome, Transactions.Refusal refusal) {
        return instead(outcome, refusal, 0, Set.of());
    }

    private Outcome instead(Outcome outcome, Transactions.Refusal refusal, int limit, Set<String> missing) {
        return refusal.isTooLong() ? shorter(outcome, refusal.record(), limit) : elsewhere(outcome, refusal, missing);
    }

    private Outcome shorter(Outcome outcome, ProducerRecord<byte[], byte[]> record, int limit) {
        int bytes = RecordSize.of(record);
        if (bytes <= limit) {
            return outcome;
        }
        RequestRun run = outcome.run();
        if (run == null || record.topic().equals(deadLetters)) {
            return outcome.with(record, DeadLetter.bare(record));
        }
        return bytes > ERROR_BYTES ? run.tooLong() : toUsual(outcome, run, record);
    }

    /** Of topics' records, as far as this worker may know, and is told within a moment. */
    private Map<String, Integer> limits(Set<String> topics) {
        Map<ConfigResource, KafkaFuture<Config>> asked = topics.isEmpty()
                ? Map.of()
                : admin.describeConfigs(topics.stream()
                                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                                .toList())
                        .values();
        KafkaClients.awaitShortly(asked.values());
        Map<String, Integer> limits = new HashMap<>();
        asked.forEach((topic, answer) -> {
            try {
                String longest = KafkaClients.await(answer, Duration.ZERO)
                        .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                        .value();
                limits.put(topic.name(), Math.min(longestRequest, Integer.parseInt(longest)));
            } catch (KafkaException e) {
                LOG.log(
                        Level.WARNING,
                        "the broker does not say how long records of {0} may be: {1}",
                        topic.name(),
                        e.getMessage());
            }
        });
        return limits;
    }

    private Outcome elsewhere(Outcome outcome, Transactions.Refusal refusal, Set<String> missing) {
        RequestRun run = outcome.run();
        ProducerRecord<byte[], byte[]> record = refusal.record();
        boolean isGone = ReplyPlaces.isGone(refusal.why()) || missing.contains(record.topic());
        places.forget(record.topic());
        return run == null || !isGone ? outcome : toUsual(outcome, run, record);
    }

    private Outcome toUsual(Outcome outcome, RequestRun run, ProducerRecord<byte[], byte[]> record) {
        if (places.hasNoOther(record.topic()) || !record.topic().equals(run.replyTopic())) {
            return outcome;
        }
        LOG.log(Level.WARNING, "{0} takes no answer: {1} is taken", record.topic(), places.usual());
        run.replyTo(places.usual());
        return outcome.with(
                record,
                new ProducerRecord<>(places.usual(), null, null, record.key(), record.value(), record.headers()));
    }
}
