package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.health.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Engines that fail are left alone for a while, and are tried again by one request. */
class RoutedHealthTest extends ThreeReplicas {

    @Test
    void anEngineThatNeverServesTheModelIsNoWayRoundAnOpenBreaker() {
        EngineEndpoint stranger = new EngineEndpoint("stranger", new FakeEngine("other", 10));
        model = new ServedModel(
                "m", Optional.empty(), Optional.empty(), TokenIds.EMPTY, List.of(stranger, first.endpoint()));
        for (int i = 0; i < HealthConfig.DEFAULT.breaker().consecutiveFailures(); i++) {
            health.of("first").asked(clock.getAsLong()).failed(clock.getAsLong());
        }
        assertThat(health.open()).containsExactly("first");
        assertThat(open(request(1)).endpoint().name()).isEqualTo("first");
    }

    @Test
    void aReplicaThatFailsAgainAndAgainIsLeftAloneAndTriedAgainLater() throws InterruptedException {
        first.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        for (int i = 0; i < 3; i++) {
            rest(open(request(1)));
        }
        assertThat(telemetry.value("foretoken_endpoint_breaker_open[first]")).isEqualTo(1);
        first.engine.refusing(null);
        rest(open(request(1)));
        assertThat(first.engine.submittedCount()).isZero();
        clock.advance(Duration.ofSeconds(2));
        rest(open(request(1)));
        assertThat(first.engine.submittedCount()).isEqualTo(1);
        assertThat(telemetry.value("foretoken_endpoint_breaker_open[first]")).isZero();
    }

    @Test
    void oneRequestAloneTriesAReplicaThatFailedThoughOthersWereLedThereToo() throws InterruptedException {
        first.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        for (int i = 0; i < 3; i++) {
            rest(open(request(1)));
        }
        clock.advance(Duration.ofSeconds(2));
        first.engine.refusing(null);
        List<String> asked = new ArrayList<>();
        first.engine.behaving(generation -> asked.add("first"));
        second.engine.behaving(generation -> asked.add("second"));
        List<RoutedGeneration> sooner = new ArrayList<>();
        open(request(1), id -> {
            if (sooner.isEmpty()) {
                sooner.add(open(request(1)));
            }
        });
        assertThat(asked).containsExactly("first", "second");
    }

    /** Its breaker is open, and it is time to try it. */
    private void makeTriable(ScriptedReplica replica) throws InterruptedException {
        replica.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        for (int i = 0; i < 3; i++) {
            rest(open(request(1)));
        }
        clock.advance(Duration.ofSeconds(2));
        replica.engine.refusing(null);
    }

    @Test
    void aTryThatIsCancelledAndNotReadMakesRoomForTheNext() throws InterruptedException {
        makeTriable(first);
        first.engine.behaving(generation -> {});
        for (int i = 0; i < 3; i++) {
            RoutedGeneration tries = open(request(1));
            assertThat(tries.endpoint().name()).isEqualTo("first");
            tries.cancel();
        }
    }

    @Test
    void soDoesOneThatBreaksOnItsWay() throws InterruptedException {
        makeTriable(first);
        first.engine.behaving(generation -> {
            throw new IllegalStateException("broken");
        });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> open(request(1))).hasMessage("broken");
        }
    }

    @Test
    void requestsThatFailOfThemselvesKeepNobodyElsesFromAReplica() throws InterruptedException {
        for (ErrorCode code : List.of(
                ErrorCode.RUNTIME_FAILED,
                ErrorCode.INTERNAL_ERROR,
                ErrorCode.INVALID_REQUEST,
                ErrorCode.DEADLINE_EXCEEDED,
                ErrorCode.CANCELLED)) {
            for (int i = 0; i < 10; i++) {
                first.endingBehind(0, code);
                rest(open(request(1)));
                first.endingBehind(3, code);
                rest(open(request(4)));
                first.refusing(code);
                assertRefused(code);
                first.engine.refusing(null);
            }
        }
        assertThat(health.open()).isEmpty();
        assertThat(second.engine.submittedCount()).isZero();
    }

    @Test
    void onlyReplicasThatFailAreAskedAllTheSame() throws InterruptedException {
        model = model(first.refusing(ErrorCode.REPLICA_UNAVAILABLE));
        for (int i = 0; i < 3; i++) {
            assertRefused(ErrorCode.REPLICA_UNAVAILABLE);
        }
        first.engine.refusing(null);
        assertWhole(rest(open(request(1))), request(1));
    }
}
