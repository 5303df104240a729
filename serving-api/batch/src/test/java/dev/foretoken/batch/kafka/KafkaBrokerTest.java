package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker of the other tests. */
class KafkaBrokerTest {

    private static final TopicPartition PLACE = new TopicPartition("kept", 0);

    @Test
    void hasWhatItHadAfterItWasKilled(@TempDir Path folder) throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder, Map.of())) {
            try (Admin admin = broker.admin()) {
                admin.createTopics(List.of(new NewTopic(PLACE.topic(), 1, (short) 1)))
                        .all()
                        .get();
            }
            send(broker, "before");
            broker.kill();
            broker.start();
            send(broker, "after");
            assertThat(read(broker)).containsExactly("before", "after");
        }
    }

    private static void send(KafkaBroker broker, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers", broker.address(),
                "key.serializer", StringSerializer.class,
                "value.serializer", StringSerializer.class))) {
            producer.send(new ProducerRecord<>(PLACE.topic(), "key", value)).get();
        }
    }

    private static List<String> read(KafkaBroker broker) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of(
                "bootstrap.servers", broker.address(),
                "key.deserializer", StringDeserializer.class,
                "value.deserializer", StringDeserializer.class))) {
            consumer.assign(List.of(PLACE));
            consumer.seekToBeginning(List.of(PLACE));
            long end = consumer.endOffsets(List.of(PLACE)).get(PLACE);
            while (consumer.position(PLACE) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(one -> values.add(one.value()));
            }
        }
        return values;
    }
}
