package dev.foretoken.routing.variant;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoadSwitchTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MILLI = SECOND / 1000;

    private final LoadSwitch byQueue = new LoadSwitch(rule(Optional.empty(), Optional.of(10)));
    private final LoadSwitch byTtft = new LoadSwitch(rule(Optional.of(Duration.ofMillis(500)), Optional.empty()));

    private static LoadRule rule(Optional<Duration> ttft, Optional<Integer> queue) {
        return new LoadRule("int4", 0.9, ttft, queue, 0.5, Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    @Test
    void waitsUntilTheObjectiveHasBeenMissedForAWhile() {
        assertThat(byQueue.isOn(0, 11)).isFalse();
        assertThat(byQueue.isOn(2 * SECOND - 1, 11)).isFalse();
        assertThat(byQueue.isOn(2 * SECOND, 11)).isTrue();
    }

    @Test
    void startsToCountAnewWhenTheObjectiveWasKeptInBetween() {
        byQueue.isOn(0, 11);
        byQueue.isOn(SECOND, 10);
        assertThat(byQueue.isOn(2 * SECOND, 11)).isFalse();
        assertThat(byQueue.isOn(4 * SECOND, 11)).isTrue();
    }

    @Test
    void staysOnBetweenBothThresholds() {
        turnOn();
        for (int second = 3; second < 100; second++) {
            assertThat(byQueue.isOn(second * SECOND, 6)).as("second %d", second).isTrue();
        }
    }

    @Test
    void leavesOnceLoadHasBeenLowForLong() {
        turnOn();
        assertThat(byQueue.isOn(3 * SECOND, 5)).isTrue();
        assertThat(byQueue.isOn(7 * SECOND, 6))
                .as("it was not low all the time")
                .isTrue();
        assertThat(byQueue.isOn(8 * SECOND, 5)).isTrue();
        assertThat(byQueue.isOn(13 * SECOND - 1, 5)).isTrue();
        assertThat(byQueue.isOn(13 * SECOND, 5)).isFalse();
        assertThat(byQueue.switches()).isEqualTo(2);
    }

    private void turnOn() {
        byQueue.isOn(0, 11);
        assertThat(byQueue.isOn(2 * SECOND, 11)).isTrue();
    }

    @Test
    void toleratesOneLateAnswerInTen() {
        for (int i = 0; i < 9; i++) {
            byTtft.firstToken(0, 100 * MILLI);
        }
        byTtft.firstToken(0, 900 * MILLI);
        byTtft.isOn(0, 0);
        assertThat(byTtft.isOn(2 * SECOND, 0)).isFalse();
        byTtft.firstToken(2 * SECOND, 501 * MILLI);
        byTtft.isOn(2 * SECOND, 0);
        assertThat(byTtft.isOn(4 * SECOND, 0)).isTrue();
    }

    @Test
    void forgetsAnswersOfLongAgo() {
        byTtft.firstToken(0, 900 * MILLI);
        byTtft.isOn(0, 0);
        assertThat(byTtft.isOn(2 * SECOND, 0)).isTrue();
        assertThat(byTtft.isOn(10 * SECOND, 0)).isTrue();
        byTtft.isOn(10 * SECOND + 1, 0);
        assertThat(byTtft.isOn(15 * SECOND + 1, 0)).isFalse();
    }

    @Test
    void staysOnWhileAnswersAreHardlyFastEnough() {
        byTtft.firstToken(0, 900 * MILLI);
        byTtft.isOn(0, 0);
        byTtft.isOn(2 * SECOND, 0);
        for (int second = 3; second < 60; second++) {
            byTtft.firstToken(second * SECOND, 300 * MILLI);
            assertThat(byTtft.isOn(second * SECOND, 0)).isTrue();
        }
    }
}
