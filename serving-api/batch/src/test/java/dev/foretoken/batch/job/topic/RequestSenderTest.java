package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.client.Connection;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.contract.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Brokers that are away, come back, and lose what they had. */
class RequestSenderTest {

    private static final Duration REST = Duration.ofSeconds(1);

    private final Flights flights = new Flights();
    private final Deque<Supplier<Producer<byte[], byte[]>>> producers = new ArrayDeque<>();
    private final List<Optional<BatchAnswer>> told = new ArrayList<>();
    private long now;
    private final RequestSender sender = new RequestSender(
            () -> producers.removeFirst().get(),
            new RequestRecord(BatchTopics.named("requests", "answers")),
            flights,
            () -> now);

    private static MockProducer<byte[], byte[]> producer() {
        return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static List<String> sent(MockProducer<byte[], byte[]> producer) {
        return producer.history().stream()
                .map(record -> new String(record.key(), US_ASCII))
                .toList();
    }

    private void add(String id) {
        add(id, "{\"model\":\"m\",\"prompt\":\"p\"}".getBytes(UTF_8));
    }

    private void add(String id, byte[] body) {
        flights.add(new BatchRequest(id, BatchEndpoint.COMPLETIONS, body), told::add);
    }

    private void send(String id) {
        add(id);
        sender.send(id);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotSent() {
        MockProducer<byte[], byte[]> producer = producer();
        producers.add(() -> producer);
        add("a_0");
        add("a_1");
        flights.end("a_0", Optional.empty());
        sender.send("a_0");
        sender.send("a_1");
        sender.send("a_1");
        assertThat(sent(producer)).containsExactly("a_1");
    }

    @Test
    void brokersThatCannotBeFoundAreLookedForAgain() {
        MockProducer<byte[], byte[]> producer = producer();
        producers.add(() -> {
            throw new KafkaException("no such broker");
        });
        producers.add(() -> producer);
        send("a_0");
        send("a_0");
        assertThat(told).containsExactly(Optional.empty(), Optional.empty());
        assertThat(producers).hasSize(1);
        pass(REST);
        send("a_0");
        assertThat(sent(producer)).containsExactly("a_0");
        assertThat(flights.size()).isOne();
    }

    @Test
    void aProducerThatTakesNothingAnyMoreIsMadeAnew() {
        MockProducer<byte[], byte[]> broken = producer();
        MockProducer<byte[], byte[]> next = producer();
        producers.add(() -> broken);
        producers.add(() -> next);
        send("a_0");
        broken.sendException = new KafkaException("in an error state");
        send("a_1");
        assertThat(told).containsExactly(Optional.empty());
        assertThat(broken.closed()).isTrue();
        pass(REST);
        send("a_1");
        assertThat(sent(next)).containsExactly("a_1");
    }

    @Test
    void aRecordThatWasRefusedLeavesTheProducer() {
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(() -> producer);
        send("a_0");
        producer.errorNext(new TimeoutException("later"));
        assertThat(told).containsExactly(Optional.empty());
        send("a_0");
        assertThat(sent(producer)).containsExactly("a_0", "a_0");
        assertThat(producer.closed()).isFalse();
    }

    /** Its dead letter would be of no use to the job. */
    @Test
    void whatNoWorkerTakesIsAnsweredAndNotSent() {
        MockProducer<byte[], byte[]> producer = producer();
        producers.add(() -> producer);
        add("a_0", "no JSON".getBytes(UTF_8));
        sender.send("a_0");
        assertThat(told)
                .singleElement()
                .satisfies(
                        answer -> assertThat(answer.flatMap(BatchAnswer::error)).contains(ErrorCode.INVALID_REQUEST));
        assertThat(sent(producer)).isEmpty();
        assertThat(flights.size()).isZero();
    }

    @Test
    void whatTheBrokerFindsTooLongIsAnsweredAndNotSentAgain() {
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(() -> producer);
        send("a_0");
        producer.errorNext(new RecordTooLargeException("over a megabyte"));
        assertThat(told)
                .singleElement()
                .satisfies(
                        answer -> assertThat(answer.flatMap(BatchAnswer::error)).contains(ErrorCode.PAYLOAD_TOO_LARGE));
        pass(Duration.ofDays(1));
        sender.sendOverdue();
        assertThat(sent(producer)).containsExactly("a_0");
    }

    @Test
    void whatHasNoAnswerForLongIsSentAgainLessAndLessOften() {
        MockProducer<byte[], byte[]> producer = producer();
        producers.add(() -> producer);
        add("a_1");
        send("a_0");
        for (int minutes = 0; minutes < 210; minutes++) {
            pass(Duration.ofMinutes(1));
            sender.sendOverdue();
        }
        assertThat(sent(producer)).containsExactly("a_0", "a_0", "a_0", "a_0");
        flights.end("a_0", Optional.empty());
        pass(Duration.ofDays(1));
        sender.sendOverdue();
        assertThat(sent(producer)).hasSize(4);
    }

    @Test
    void aGatewayBeginsWhereItsBrokersHaveNoAddress() {
        Connection connection = new Connection("brokers.invalid:9092", Map.of());
        try (TopicTransport transport = TopicTransport.start(connection, BatchTopics.named("requests", "answers"))) {
            assertThat(transport.room()).isZero();
        }
    }
}
