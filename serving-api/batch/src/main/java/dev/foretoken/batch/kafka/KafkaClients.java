package dev.foretoken.batch.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka's clients as a worker needs them. What the operator gives is taken, but for what the promise of one answer rests on. */
final class KafkaClients {

    private static final Logger LOG = System.getLogger(KafkaClients.class.getName());

    /** How long one call may wait for the broker: restarts of it are shorter. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration MOMENT = Duration.ofSeconds(1);

    /** Longest header part of a record beside its value. */
    private static final int HEADER_BYTES = 64 << 10;

    private static final int FETCH_BYTES = 16 << 20;
    private static final int PARTITION_FETCH_BYTES = 2 << 20;

    /** After it a broker ends the transaction of a worker that is gone, for which readers of committed records wait. */
    private static final Duration TRANSACTION = Duration.ofSeconds(10);

    /** How long what another worker left undecided is waited for: brokers end a transaction some seconds after its time. */
    static final Duration UNDECIDED = Duration.ofSeconds(100);

    private final BatchConfig config;

    KafkaClients(BatchConfig config) {
        this.config = config;
    }

    Admin admin() {
        Map<String, Object> settings = common("admin");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) UNDECIDED.toMillis());
        return Admin.create(settings);
    }

    /** One that takes part in the group, by the newest protocol of both sides. */
    KafkaConsumer<byte[], byte[]> member(boolean newProtocol) {
        Map<String, Object> settings = reader("requests");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.group());
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.limits().pollRecords());
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, newProtocol ? "consumer" : "classic");
        if (!newProtocol) {
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        }
        return new KafkaConsumer<>(settings);
    }

    /** One of a share group, that takes no more than it is asked for. */
    KafkaShareConsumer<byte[], byte[]> sharer() {
        Map<String, Object> settings = common("requests");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.group());
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.limits().pollRecords());
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        settings.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        return new KafkaShareConsumer<>(settings);
    }

    /** One without a group, for the ids that were answered. */
    KafkaConsumer<byte[], byte[]> reader() {
        return new KafkaConsumer<>(reader("answered"));
    }

    private Map<String, Object> reader(String role) {
        Map<String, Object> settings = common(role);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return settings;
    }

    /** One whose records are seen when their transaction is committed. */
    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = sender();
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, config.group() + "-" + config.instance());
        settings.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION.toMillis());
        return new KafkaProducer<>(settings);
    }

    /** One whose records are seen at once. */
    KafkaProducer<byte[], byte[]> plainProducer() {
        return new KafkaProducer<>(sender());
    }

    /** In bytes, of what a producer sends. */
    int longestRequest() {
        return config.limits().answerBytes() + HEADER_BYTES;
    }

    private Map<String, Object> sender() {
        Map<String, Object> settings = common("answers");
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, longestRequest());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 1);
        settings.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, HEADER_BYTES);
        return settings;
    }

    private Map<String, Object> common(String role) {
        Map<String, Object> settings = new HashMap<>(config.client());
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.brokers());
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, config.group() + "-" + config.instance() + "-" + role);
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return settings;
    }

    /** Whether the broker assigns partitions itself; older ones, and those that were not told to, leave it to the members. */
    static boolean hasNewProtocol(Admin admin) {
        FinalizedVersionRange version = await(admin.describeFeatures().featureMetadata())
                .finalizedFeatures()
                .get("group.version");
        return version != null && version.maxVersionLevel() >= 1;
    }

    /** The broker's answer, or its own exception. */
    static <T> T await(KafkaFuture<T> future) {
        return await(future, PATIENCE);
    }

    static <T> T await(KafkaFuture<T> future, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("no answer within " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /** Until all have an answer, or a moment has passed: for the thread that polls. */
    static void awaitShortly(Collection<? extends KafkaFuture<?>> futures) {
        try {
            await(KafkaFuture.allOf(futures.toArray(KafkaFuture<?>[]::new)), MOMENT);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.log(Level.DEBUG, "not every answer is there, or good", e);
        }
    }

    /** Closes all of them, whatever becomes of each. */
    static void closeAll(Runnable... closings) {
        for (Runnable closing : closings) {
            try {
                closing.run();
            } catch (KafkaException e) {
                LOG.log(Level.DEBUG, "a client of Kafka did not close in order", e);
            }
        }
    }
}
