package dev.foretoken.batch.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final BackoffConfig CONFIG = new BackoffConfig(Duration.ofMillis(100), Duration.ofMillis(1500), 10);

    private static Optional<Duration> next(int tries, int seed) {
        return new Backoff(CONFIG, new Random(seed)).next(tries, 0, NOW, Optional.empty());
    }

    @Test
    void waitsDoubleUpToTheLongestAndHalfOfEachIsChance() {
        long[] bounds = {100, 200, 400, 800, 1500, 1500, 1500};
        for (int tries = 1; tries <= bounds.length; tries++) {
            Duration bound = Duration.ofMillis(bounds[tries - 1]);
            Duration shortest = bound;
            Duration longest = Duration.ZERO;
            for (int seed = 0; seed < 300; seed++) {
                Duration wait = next(tries, seed).orElseThrow();
                shortest = wait.compareTo(shortest) < 0 ? wait : shortest;
                longest = wait.compareTo(longest) > 0 ? wait : longest;
            }
            assertThat(shortest)
                    .isBetween(bound.dividedBy(2), bound.multipliedBy(55).dividedBy(100));
            assertThat(longest).isBetween(bound.multipliedBy(95).dividedBy(100), bound);
        }
    }

    @Test
    void triesAreCounted() {
        assertThat(next(9, 1)).isPresent();
        assertThat(next(10, 1)).isEmpty();
        assertThat(new Backoff(new BackoffConfig(CONFIG.first(), CONFIG.longest(), 1), new Random(1))
                        .next(1, 0, NOW, Optional.empty()))
                .isEmpty();
        assertThatThrownBy(() -> next(0, 1)).hasMessageContaining("not 0 times");
    }

    @Test
    void triesThatFoundNoRoomAreNotCountedButWaitLonger() {
        Backoff backoff = new Backoff(CONFIG, new Random(1));
        assertThat(backoff.next(0, 1_000_000, NOW, Optional.empty()).orElseThrow())
                .isBetween(CONFIG.longest().dividedBy(2), CONFIG.longest());
        assertThat(backoff.next(9, 1_000_000, NOW, Optional.empty())).isPresent();
        assertThat(backoff.next(10, 1_000_000, NOW, Optional.empty())).isEmpty();
    }

    @Test
    void nothingIsTriedWhenItsDeadlineHasPassed() {
        Duration wait = next(3, 5).orElseThrow();
        assertThat(new Backoff(CONFIG, new Random(5)).next(3, 0, NOW, Optional.of(NOW.plus(wait))))
                .isEmpty();
        assertThat(new Backoff(CONFIG, new Random(5))
                        .next(3, 0, NOW, Optional.of(NOW.plus(wait).plusNanos(1))))
                .contains(wait);
        assertThat(new Backoff(CONFIG, new Random(5)).next(3, 0, NOW, Optional.of(NOW.minusSeconds(1))))
                .isEmpty();
    }

    @Test
    void aVeryLongRowOfTriesStaysBounded() {
        BackoffConfig patient = new BackoffConfig(Duration.ofMillis(1), Duration.ofHours(1), 1000);
        assertThat(new Backoff(patient, new Random(1))
                        .next(999, 0, NOW, Optional.empty())
                        .orElseThrow())
                .isBetween(Duration.ofMinutes(30), Duration.ofHours(1));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new BackoffConfig(Duration.ZERO, second, 3)).hasMessageContaining("batch.retry.first");
        assertThatThrownBy(() -> new BackoffConfig(second, Duration.ofHours(2), 3))
                .hasMessageContaining("batch.retry.longest");
        assertThatThrownBy(() -> new BackoffConfig(second, Duration.ofMillis(1), 3))
                .hasMessageContaining("at least batch.retry.first");
        assertThatThrownBy(() -> new BackoffConfig(second, second, 0)).hasMessageContaining("batch.retry.tries=0");
        assertThat(BackoffConfig.DEFAULT.tries()).isEqualTo(8);
    }
}
