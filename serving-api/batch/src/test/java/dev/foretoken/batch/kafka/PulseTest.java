package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class PulseTest {

    private final AtomicLong now = new AtomicLong();
    private final List<KafkaFutureImpl<String>> asked = new ArrayList<>();
    private final Pulse pulse = new Pulse(
            () -> {
                asked.add(new KafkaFutureImpl<>());
                return asked.getLast();
            },
            now::get);

    private boolean isHeardAfter(Duration time) {
        now.addAndGet(time.toNanos());
        return pulse.isHeard();
    }

    @Test
    void brokersThatAnswerAreAskedNowAndThen() {
        for (int round = 1; round <= 3; round++) {
            assertThat(pulse.isHeard()).isTrue();
            assertThat(asked).hasSize(round);
            asked.getLast().complete("id");
            assertThat(isHeardAfter(Duration.ofSeconds(4))).isTrue();
            assertThat(asked).hasSize(round);
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }
    }

    @Test
    void brokersThatAreSilentForLongAreAwayUntilTheyAnswer() {
        assertThat(pulse.isHeard()).isTrue();
        assertThat(isHeardAfter(Pulse.PATIENCE.minusSeconds(1))).isTrue();
        assertThat(isHeardAfter(Duration.ofSeconds(1))).isFalse();
        assertThat(asked).as("one question at a time").hasSize(1);
        asked.getLast().completeExceptionally(new TimeoutException("no node"));
        assertThat(isHeardAfter(Duration.ofSeconds(5))).isFalse();
        assertThat(asked).hasSize(2);
        asked.getLast().completeExceptionally(new DisconnectException());
        assertThat(isHeardAfter(Duration.ofSeconds(5))).isFalse();
        asked.getLast().complete("id");
        assertThat(pulse.isHeard()).isTrue();
    }

    @Test
    void aRefusalIsAnAnswer() {
        assertThat(pulse.isHeard()).isTrue();
        asked.getLast().completeExceptionally(new ClusterAuthorizationException("no"));
        assertThat(isHeardAfter(Pulse.PATIENCE)).isTrue();
    }
}
