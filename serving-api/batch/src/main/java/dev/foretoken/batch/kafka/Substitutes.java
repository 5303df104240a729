package dev.foretoken.batch.kafka;

import dev.foretoken.batch.record.DeadLetter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

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
        Map<String, Integer> limits = new HashMap<>();
        boolean isAny = false;
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            Transactions.Refusal refusal = refused.get(outcome);
            if (refusal != null) {
                Outcome other = alone.contains(outcome) || !refusal.isTooLong()
                        ? instead(outcome, refusal)
                        : shorter(
                                outcome,
                                refusal.record(),
                                limits.computeIfAbsent(refusal.record().topic(), this::limit));
                isAny |= other != outcome;
                outcomes.set(i, other);
            }
        }
        return isAny;
    }

    /** Another one in the place of an outcome with a record that was refused for itself; the same one = there is none. */
    Outcome instead(Outcome outcome, Transactions.Refusal refusal) {
        return refusal.isTooLong() ? shorter(outcome, refusal.record(), 0) : elsewhere(outcome, refusal);
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

    /** Of a topic's records, as far as this worker may know. */
    private int limit(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            String longest = KafkaClients.await(
                            admin.describeConfigs(List.of(resource)).all())
                    .get(resource)
                    .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                    .value();
            return Math.min(longestRequest, Integer.parseInt(longest));
        } catch (KafkaException e) {
            LOG.log(
                    Level.WARNING,
                    "the broker does not say how long records of {0} may be: {1}",
                    topic,
                    e.getMessage());
            return longestRequest;
        }
    }

    private Outcome elsewhere(Outcome outcome, Transactions.Refusal refusal) {
        RequestRun run = outcome.run();
        ProducerRecord<byte[], byte[]> record = refusal.record();
        if (run == null || !record.topic().equals(run.replyTopic())) {
            return outcome;
        }
        boolean isForGood = refusal.why() instanceof TopicAuthorizationException
                || refusal.why() instanceof UnknownTopicOrPartitionException
                || refusal.why() instanceof InvalidTopicException;
        places.forget(record.topic());
        boolean isThere = !isForGood && places.orUsual(record.topic()).equals(record.topic());
        return isThere ? outcome : toUsual(outcome, run, record);
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
