package dev.foretoken.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.gateway.admission.Arrivals.Arrival;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What bodies may hold before their requests are let in, and that a shutdown knows of them. */
class ArrivalsTest {

    private static final int ALL = 32 << 20;

    private final Arrivals arrivals = new Arrivals();

    @Test
    void bodiesOfAllRequestsTogetherHaveALimit() {
        Arrival first = arrivals.begin(ALL - 10).orElseThrow();
        arrivals.begin(10).orElseThrow();
        assertThat(arrivals.begin(1)).isEmpty();
        first.arrived();
        first.arrived();
        first.over();
        assertThat(arrivals.begin(ALL - 9)).isEmpty();
        assertThat(arrivals.begin(ALL - 10)).isPresent();
    }

    @Test
    void oneWhoseConnectionIsGoneHoldsNothing() {
        arrivals.begin(ALL).orElseThrow().over();
        assertThat(arrivals.begin(ALL)).isPresent();
    }

    @Test
    @Timeout(300)
    void aShutdownWaitsForTheAnswersOfAll() throws InterruptedException {
        assertThat(arrivals.awaitAnswered(Duration.ZERO)).isTrue();
        Arrival first = arrivals.begin(1).orElseThrow();
        Arrival second = arrivals.begin(2).orElseThrow();
        first.arrived();
        first.over();
        first.over();
        second.arrived();
        assertThat(arrivals.awaitAnswered(Duration.ZERO)).isFalse();
        Thread ending = Thread.ofVirtual().start(second::over);
        assertThat(arrivals.awaitAnswered(Duration.ofHours(1))).isTrue();
        ending.join();
    }
}
