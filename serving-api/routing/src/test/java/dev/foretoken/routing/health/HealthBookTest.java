package dev.foretoken.routing.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.contract.fake.RecordingTelemetry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HealthBookTest {

    private static final BreakerConfig BREAKER =
            new BreakerConfig(3, 50, 10, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(3));
    private static final HealthConfig CONFIG = new HealthConfig(BREAKER, Duration.ofSeconds(10), 300);

    private final FakeClock clock = new FakeClock();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final HealthBook book = new HealthBook(CONFIG, telemetry, clock);
    private final EndpointHealth pod = book.of("pod");

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            ask().failed(now());
        }
    }

    private EndpointCall ask() {
        return pod.asked(now());
    }

    private void succeedAndFail(int times) {
        for (int i = 0; i < times; i++) {
            ask().succeeded(now());
            ask().failed(now());
        }
    }

    private long now() {
        return clock.getAsLong();
    }

    private void advance(long millis) {
        clock.advance(Duration.ofMillis(millis));
    }

    @Test
    void failuresOneAfterTheOtherOpenItAndASuccessBetweenThemDoesNot() {
        fail(2);
        ask().succeeded(now());
        fail(2);
        assertThat(pod.isOpen(now())).isFalse();
        fail(1);
        assertThat(pod.isOpen(now())).isTrue();
        assertThat(book.open()).containsExactly("pod");
        assertThat(telemetry.value("foretoken_endpoint_breaker_open[pod]")).isEqualTo(1);
    }

    @Test
    void aShareOfFailuresOpensItOnceThereAreEnoughOutcomes() {
        succeedAndFail(4);
        ask().succeeded(now());
        assertThat(pod.isOpen(now())).isFalse();
        ask().failed(now());
        assertThat(pod.isOpen(now())).isTrue();
    }

    @Test
    void outcomesOlderThanTheWindowDoNotCount() {
        succeedAndFail(4);
        advance(10_000);
        succeedAndFail(1);
        assertThat(pod.isOpen(now())).isFalse();
    }

    @Test
    void ofManyRequestsOneTriesItAgainAndOthersWaitForThat() {
        fail(3);
        advance(999);
        assertThat(pod.tryAsk(now())).isEmpty();
        advance(1);
        assertThat(pod.isOpen(now())).isFalse();
        assertThat(book.open()).isEmpty();
        EndpointCall probe = pod.tryAsk(now()).orElseThrow();
        assertThat(book.open()).containsExactly("pod");
        for (int i = 0; i < 10; i++) {
            assertThat(pod.tryAsk(now())).isEmpty();
        }
        assertThat(pod.isOpen(now())).isTrue();
        probe.succeeded(now());
        assertThat(pod.tryAsk(now())).isPresent();
        assertThat(book.open()).isEmpty();
    }

    @Test
    void aTryThatFailsKeepsItOpenForTwiceTheTimeUpToTheLongest() {
        fail(3);
        advance(1000);
        for (long open : new long[] {2000, 3000, 3000}) {
            pod.tryAsk(now()).orElseThrow().failed(now());
            advance(open - 1);
            assertThat(book.open()).as("after %d ms", open - 1).containsExactly("pod");
            advance(1);
            assertThat(book.open()).as("after %d ms", open).isEmpty();
        }
    }

    @Test
    void aTryOfWhichNothingIsHeardOrThatIsRefusedIsFollowedByAnother() {
        fail(3);
        advance(1000);
        EndpointCall lost = pod.tryAsk(now()).orElseThrow();
        advance(999);
        assertThat(pod.tryAsk(now())).isEmpty();
        advance(1);
        EndpointCall refused = pod.tryAsk(now()).orElseThrow();
        lost.released(now());
        assertThat(pod.tryAsk(now())).isEmpty();
        refused.released(now());
        assertThat(pod.tryAsk(now())).isPresent();
        lost.succeeded(now());
        assertThat(pod.tryAsk(now())).isPresent();
        assertThat(pod.tryAsk(now())).isPresent();
    }

    @Test
    void whatIsHeardOfOlderRequestsNeitherClosesItNorKeepsItOpenNorEndsItsTry() {
        EndpointCall older = ask();
        EndpointCall another = ask();
        fail(3);
        older.succeeded(now());
        assertThat(pod.isOpen(now())).isTrue();
        advance(900);
        fail(5);
        advance(100);
        EndpointCall probe = pod.tryAsk(now()).orElseThrow();
        older.succeeded(now());
        older.released(now());
        assertThat(pod.isOpen(now())).isTrue();
        another.failed(now());
        probe.succeeded(now());
        assertThat(pod.isOpen(now())).isFalse();
    }

    @Test
    void aRequestFailsOnceHoweverManyOfItsChoicesDo() {
        EndpointCall call = ask();
        for (int i = 0; i < 10; i++) {
            call.failed(now());
        }
        assertThat(pod.isOpen(now())).isFalse();
    }

    @Test
    void oneThatComesOrComesBackStartsSlowly() {
        assertThat(pod.slowness(now())).isEqualTo(3);
        advance(5_000);
        assertThat(pod.slowness(now())).isEqualTo(2);
        assertThat(telemetry.value("foretoken_endpoint_slowness_ratio[pod]")).isEqualTo(2);
        advance(5_000);
        pod.seen(true, now());
        assertThat(pod.slowness(now())).isEqualTo(1);
        pod.seen(false, now());
        pod.seen(true, now());
        assertThat(pod.slowness(now())).isEqualTo(3);
        advance(20_000);
        fail(3);
        advance(1000);
        ask().succeeded(now());
        assertThat(pod.slowness(now())).isEqualTo(3);
    }

    @Test
    void ofOneThatHasLeftNothingIsKeptWhateverIsHeardOfItsRequests() {
        EndpointCall late = ask();
        fail(3);
        book.leave("pod");
        assertThat(telemetry.gauges()).isEmpty();
        assertThat(book.open()).isEmpty();
        for (int i = 0; i < 3; i++) {
            ask().failed(now());
        }
        late.failed(now());
        assertThat(book.open()).isEmpty();
        assertThat(telemetry.gauges()).isEmpty();
        assertThat(book.of("pod").isOpen(now())).isFalse();
    }

    @Test
    void thoseThatNobodyAskedForAWhileAreForgottenWhenTheBookIsFull() {
        for (int i = 0; i < 5000; i++) {
            book.of("pod-" + i);
        }
        assertThat(telemetry.gauges()).hasSize(2 * 4096);
        advance(Duration.ofMinutes(10).toMillis());
        book.of("another");
        assertThat(telemetry.gauges()).hasSize(2);
        assertThat(book.of("pod")).isNotSameAs(pod);
    }

    @Test
    void refusesLimitsThatMeanNothing() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new HealthConfig(BREAKER, second, 99))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("health.slowness-percent=99");
        assertThatThrownBy(() -> new BreakerConfig(0, 50, 10, second, second, second))
                .hasMessageContaining("breaker.consecutive-failures=0");
        assertThatThrownBy(() -> new BreakerConfig(1, 50, 10, second, Duration.ofSeconds(9), second))
                .hasMessageContaining("breaker.longest-open");
    }
}
