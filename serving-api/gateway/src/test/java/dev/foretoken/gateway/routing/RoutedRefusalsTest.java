package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Engines that do not take a request, or are lost before they have given anything: another one does, where that helps. */
class RoutedRefusalsTest extends ThreeReplicas {

    @Test
    void aLossBeforeTheFirstTokenIsARetryOfTheWholeRequest() throws InterruptedException {
        first.lostBehind(1);
        assertWhole(rest(open(request(1))), request(1));
        assertThat(second.engine.nextSubmitted().request().resumed().isEmpty()).isTrue();
        assertThat(telemetry.value("foretoken_route_retries_total[replica_lost]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_migrations_total[replica_lost]")).isZero();
    }

    @Test
    void everyRefusalThatAnotherMayNotGiveIsTriedElsewhere() throws InterruptedException {
        for (ErrorCode code : EngineFaults.RECOVERABLE) {
            first.refusing(code);
            assertWhole(rest(open(request(1))), request(1));
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(telemetry.value("foretoken_route_retries_total[queue_full]")).isEqualTo(1);
    }

    @Test
    void decisionsSayWhichEnginesDidNotTakeTheRequest() throws InterruptedException {
        first.refusing(ErrorCode.QUEUE_FULL);
        second.lostBehind(1);
        EngineRouter router = firstOfEquals();
        List<String> told = new ArrayList<>();
        rest(open(request(1), router, told::add));
        assertThat(told.stream()
                        .map(id -> router.records().find(id).orElseThrow())
                        .map(decision -> decision.endpoint().orElseThrow() + " "
                                + decision.refusal().map(ErrorCode::name).orElse("took it")))
                .containsExactly("first QUEUE_FULL", "second REPLICA_LOST", "third took it");
    }

    @Test
    void aRefusalOfTheRequestItselfIsTheAnswer() {
        first.refusing(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertRefused(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertThat(second.engine.submittedCount()).isZero();
    }

    @Test
    void theFirstRefusalIsTheAnswerWhenAllRefuse() {
        first.refusing(ErrorCode.QUEUE_FULL);
        second.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        third.refusing(ErrorCode.DRAINING);
        assertRefused(ErrorCode.QUEUE_FULL);
    }

    @Test
    void oneThatIsNotWorthAskingIsAskedUnlessAnotherIsFull() throws InterruptedException {
        first.refusing(ErrorCode.QUEUE_FULL);
        assertThatThrownBy(() -> open(request(1), GivenRouters.noneInstead(clock, health), id -> {}))
                .isInstanceOf(ForetokenException.class);
        first.refusing(ErrorCode.SHARE_FULL);
        assertWhole(rest(open(request(1), GivenRouters.noneInstead(clock, health), id -> {})), request(1));
        first.refusing(ErrorCode.DRAINING);
        assertWhole(rest(open(request(1), GivenRouters.noneInstead(clock, health), id -> {})), request(1));
    }

    @Test
    void noMoreReplicasAreAskedThanTheLimitsAllow() {
        limits = new CallLimits(2, 4, Duration.ZERO);
        first.refusing(ErrorCode.QUEUE_FULL);
        second.refusing(ErrorCode.QUEUE_FULL);
        assertRefused(ErrorCode.QUEUE_FULL);
        assertThat(third.engine.submittedCount()).isZero();
    }

    @Test
    void aFullReplicaIsNotLeftForOneThatWouldLoadTheModelFirst() throws InterruptedException {
        model = model(first.refusing(ErrorCode.QUEUE_FULL), second);
        second.engine.withState(ModelState.AVAILABLE);
        assertRefused(ErrorCode.QUEUE_FULL);
        first.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        assertWhole(rest(open(request(1))), request(1));
    }
}
