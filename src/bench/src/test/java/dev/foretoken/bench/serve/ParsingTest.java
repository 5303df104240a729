package dev.foretoken.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParsingTest {
    @Test
    void durationsHaveAUnit() {
        assertThat(Durations.parse("250us")).isEqualTo(Duration.ofNanos(250_000));
        assertThat(Durations.parse("100ms")).isEqualTo(Duration.ofMillis(100));
        assertThat(Durations.parse("1.5s")).isEqualTo(Duration.ofMillis(1500));
        assertThat(Durations.parse("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(Durations.parse("1h")).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1 s", "1d"})
    void anythingElseIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).hasMessageContaining("is no duration");
    }

    @Test
    void warmUpIsRequestsOrTime() {
        assertThat(Warmup.parse("10")).isEqualTo(new Warmup.Requests(10));
        assertThat(Warmup.parse("3s")).isEqualTo(new Warmup.Time(Duration.ofSeconds(3)));
    }

    @Test
    void sloTakesAnyOfItsBounds() {
        assertThat(Slo.parse("").seconds()).isEmpty();
        assertThat(Slo.parse("ttft=1s, tpot=100ms").seconds())
                .containsEntry("ttft", 1.0)
                .containsEntry("tpot", 0.1)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ttft", "itl=1s", "ttft=1", "ttft=1s;tpot=1s"})
    void sloRefusesWhatItDoesNotKnow(String text) {
        assertThatThrownBy(() -> Slo.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
