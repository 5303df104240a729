package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While no broker answers: who asks it is the thread that polls. */
@Timeout(240)
class SubstitutesTest {

    private final List<String> calls = new ArrayList<>();
    private final Admin silent = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"));
    private final Admin admin = counted(silent);
    private final Substitutes substitutes = new Substitutes(
            admin, new ReplyPlaces(admin, BatchTopics.DEFAULTS, System::nanoTime), "dead-letters", 1 << 20);

    private Admin counted(Admin counted) {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    try {
                        return method.invoke(counted, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @AfterEach
    void close() {
        silent.close(Duration.ZERO);
    }

    @Test
    void oneQuestionIsAskedOfAllTopicsThatMayBeGone() {
        List<Outcome> outcomes = outcomes();
        assertThat(replace(outcomes, refused(outcomes, new TimeoutException("no such topic yet"))))
                .isFalse();
        assertThat(calls).containsExactly("describeTopics");
    }

    @Test
    void oneQuestionIsAskedOfAllTopicsThatMayTakeNoLongerRecords() {
        List<Outcome> outcomes = outcomes();
        Map<Outcome, Transactions.Refusal> refused = refused(outcomes, new RecordTooLargeException("too long"));
        assertThat(replace(outcomes, refused)).isFalse();
        assertThat(calls).containsExactly("describeConfigs");
    }

    /** While a broker that says nothing is waited for, nothing is polled. */
    private boolean replace(List<Outcome> outcomes, Map<Outcome, Transactions.Refusal> refused) {
        return assertTimeout(
                KafkaClients.PATIENCE.dividedBy(2), () -> substitutes.replace(outcomes, refused, Set.of()));
    }

    @Test
    void nothingIsAskedOfWhatIsRefusedForItself() {
        List<Outcome> outcomes = outcomes();
        Map<Outcome, Transactions.Refusal> refused = refused(outcomes, new RecordTooLargeException("too long"));
        assertThat(substitutes.replace(outcomes, refused, Set.copyOf(outcomes))).isTrue();
        assertThat(calls).isEmpty();
    }

    private static Map<Outcome, Transactions.Refusal> refused(List<Outcome> outcomes, RuntimeException why) {
        return outcomes.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        outcome -> new Transactions.Refusal(outcome.records().getFirst(), why)));
    }

    /** Dead letters, each into a topic of its own. */
    private static List<Outcome> outcomes() {
        Partition partition = Partition.shared(new TopicPartition("requests", 0));
        return IntStream.range(0, 100)
                .mapToObj(offset -> new Outcome(
                        partition,
                        offset,
                        List.of(new ProducerRecord<>(
                                "reply-" + offset, "id".getBytes(StandardCharsets.US_ASCII), new byte[] {1, 2, 3})),
                        0,
                        "malformed",
                        null))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
