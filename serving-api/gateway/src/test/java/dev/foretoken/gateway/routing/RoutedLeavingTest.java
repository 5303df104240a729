package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.Resumed;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callers who leave are not followed from engine to engine. */
class RoutedLeavingTest extends ThreeReplicas {

    @Test
    void aCallerWhoLeavesWhileTheStreamMovesIsNotFollowed() throws InterruptedException {
        first.lostBehind(3);
        RoutedGeneration generation = open(request(1));
        second.engine.behaving(moved -> generation.cancel());
        List<EngineEvent> events = rest(generation);
        assertThat(((EngineEvent.Finished) events.getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(second.engine.nextSubmitted().wasCancelled()).isTrue();
    }

    @Test
    void aCallerWhoLeftBeforeTheLossIsNotFollowedAtAll() throws InterruptedException {
        FakeGeneration[] running = new FakeGeneration[1];
        first.engine.behaving(generation -> running[0] = generation);
        RoutedGeneration generation = open(request(1));
        running[0].push(new EngineEvent.Failed(0, ErrorCode.REPLICA_LOST, "lost"));
        generation.cancel();
        assertThat(failure(rest(generation)).code()).isEqualTo(ErrorCode.REPLICA_LOST);
        assertThat(second.engine.submittedCount()).isZero();
    }

    @Test
    void aChoiceThatWasCancelledIsNotGeneratedElsewhere() throws InterruptedException {
        FakeGeneration[] running = new FakeGeneration[1];
        first.engine.behaving(generation -> running[0] = generation);
        RoutedGeneration generation = open(request(2));
        for (int choice = 0; choice < 2; choice++) {
            running[0].started(choice, 1);
            running[0].push(new EngineEvent.TokenGenerated(choice, ScriptedReplica.token(choice, 0), 3, null));
            running[0].push(new EngineEvent.Failed(choice, ErrorCode.REPLICA_LOST, "lost"));
        }
        generation.cancel(0);
        List<EngineEvent> events = rest(generation);
        assertThat(((EngineEvent.Finished) of(events, 0).getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(((EngineEvent.Finished) of(events, 1).getLast()).reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(of(events, 1)).hasSize(2 + TOKENS);
        assertThat(second.engine.nextSubmitted().request().resumed().choices())
                .extracting(Resumed.Choice::ended)
                .containsExactly(true, false);
    }
}
