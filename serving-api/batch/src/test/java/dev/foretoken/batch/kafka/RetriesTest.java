package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.Aside;
import dev.foretoken.batch.flight.AsideConfig;
import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.batch.flight.BackoffConfig;
import dev.foretoken.batch.flight.Waited;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.Priority;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(240)
class RetriesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final CountDownLatch ending = new CountDownLatch(1);

    private Retries retries(Duration pause) {
        return retries(pause, WorkerLimits.DEFAULTS.aside());
    }

    private Retries retries(Duration pause, AsideConfig waits) {
        Backoff backoff = new Backoff(new BackoffConfig(pause, pause, 4), new Random(1));
        Aside aside = new Aside(waits, new Waited(1), System::nanoTime);
        return new Retries(backoff, InstantSource.fixed(NOW), BatchMetrics.NONE, ending, aside);
    }

    private static BatchRequest until(Optional<Instant> deadline) {
        return new BatchRequest(
                "id",
                BatchEndpoint.COMPLETIONS,
                Optional.empty(),
                new byte[0],
                Optional.empty(),
                Priority.BATCH,
                deadline,
                Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"QUEUE_FULL", "SHARE_FULL", "RATE_LIMITED", "MODEL_LOADING", "REPLICA_UNAVAILABLE", "STORAGE_FULL"
            })
    void whatFindsNoRoomIsTriedForAsLongAsItTakes(ErrorCode code) throws InterruptedException {
        Retries.Tries tries = retries(Duration.ofMillis(1)).of(until(Optional.empty()));
        for (int i = 0; i < 50; i++) {
            assertThat(tries.again(code)).isTrue();
        }
        assertThat(tries.again(ErrorCode.REPLICA_LOST))
                .as("those are counted apart")
                .isTrue();
    }

    @Test
    void whatFindsNoRoomIsTriedUntilItsDeadline() throws InterruptedException {
        Retries retries = retries(Duration.ofMillis(2));
        assertThat(retries.of(until(Optional.of(NOW.plusMillis(50)))).again(ErrorCode.QUEUE_FULL))
                .isTrue();
        assertThat(retries.of(until(Optional.of(NOW.plusNanos(1)))).again(ErrorCode.QUEUE_FULL))
                .isFalse();
    }

    /** A model that is gone, or a tenant far over its rate, would otherwise have all places for ever. */
    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"SHARE_FULL", "RATE_LIMITED", "MODEL_LOADING"})
    void whoWaitsForSomethingElseWaitsForAStatedTime(ErrorCode code) throws InterruptedException {
        Duration longest = Duration.ofMillis(20);
        Retries retries = retries(Duration.ofMillis(4), new AsideConfig(100, 1 << 20, longest, longest));
        Retries.Tries tries = retries.of(until(Optional.empty()));
        Retries.Tries patient = retries.of(until(Optional.of(NOW.plus(Duration.ofDays(2)))));
        int most = (int) longest.dividedBy(Duration.ofMillis(2)); // the shortest that a pause can be
        int count = 0;
        while (tries.again(code)) {
            assertThat(patient.again(code)).isTrue();
            count++;
        }
        assertThat(count).isBetween(5, most);
        assertThat(tries.again(ErrorCode.QUEUE_FULL))
                .as("for room in an engine")
                .isTrue();
        assertThat(patient.again(code)).as("until its deadline").isTrue();
        assertThat(retries.aside()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"REPLICA_LOST", "DEADLINE_EXCEEDED", "INTERNAL_ERROR"})
    void triesThatFailAreCounted(ErrorCode code) throws InterruptedException {
        Retries.Tries tries = retries(Duration.ofMillis(1)).of(until(Optional.empty()));
        for (int i = 0; i < 3; i++) {
            assertThat(tries.again(code)).isTrue();
            assertThat(tries.again(ErrorCode.QUEUE_FULL)).isTrue();
        }
        assertThat(tries.again(code)).isFalse();
    }

    /** One absent model, or one tenant over its rate, would otherwise let few requests of all others run. */
    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"SHARE_FULL", "RATE_LIMITED", "MODEL_LOADING", "REPLICA_UNAVAILABLE"})
    void everyRefusalSaysThatFewerShouldRunButForThoseThatWaitForSomethingElse(ErrorCode code)
            throws InterruptedException {
        Retries retries = retries(Duration.ofMillis(1));
        Retries.Tries absent = retries.of(until(Optional.empty()));
        absent.again(code);
        assertThat(retries.refusals()).isZero();
        absent.again(code);
        assertThat(retries.refusals()).isZero();
        absent.again(ErrorCode.QUEUE_FULL);
        absent.again(ErrorCode.QUEUE_FULL);
        assertThat(retries.refusals()).isEqualTo(2);
        retries.of(until(Optional.empty())).again(ErrorCode.REPLICA_LOST);
        assertThat(retries.refusals()).isZero();
    }

    @Test
    void whoWaitsIsSeen() throws Exception {
        Retries retries = retries(Duration.ofHours(1));
        Thread full = waiting(retries, ErrorCode.QUEUE_FULL);
        Thread absent = waiting(retries, ErrorCode.MODEL_LOADING);
        Eventually.until("both wait", () -> retries.waiting() == 2);
        assertThat(retries.aside()).isEqualTo(1);
        ending.countDown();
        full.join();
        absent.join();
        assertThat(retries.waiting()).isZero();
        assertThat(retries.aside()).isZero();
    }

    private static Thread waiting(Retries retries, ErrorCode code) {
        return Thread.ofVirtual().start(() -> {
            try {
                retries.of(until(Optional.empty())).again(code);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
