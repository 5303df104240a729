package dev.foretoken.routing.decision;

import static dev.foretoken.routing.policy.Candidates.ahead;
import static dev.foretoken.routing.policy.Candidates.busy;
import static dev.foretoken.routing.policy.Candidates.of;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.routing.fleet.FleetLook;
import dev.foretoken.routing.policy.Candidates;
import dev.foretoken.routing.policy.ExpectedTtft;
import dev.foretoken.routing.policy.LeastLoaded;
import dev.foretoken.routing.policy.PowerOfTwo;
import dev.foretoken.routing.policy.RoundRobin;
import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import dev.foretoken.routing.policy.WhyNot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouteReplayTest {

    private static RouteDecision decide(RoutePolicy policy, String id, RouteFeatures features) {
        List<String> names = IntStream.range(0, features.candidates().size())
                .mapToObj(i -> "p" + i)
                .toList();
        return new RouteRecorder(policy)
                .decide(new RouteRecorder.Caller(id, Instant.EPOCH, "m", "tenant"), new FleetLook(names, features));
    }

    private static RouteReplay replay(List<RouteDecision> recorded, RoutePolicy policy) {
        RouteReplayer replayer = new RouteReplayer(policy, 10);
        recorded.forEach(replayer::add);
        return replayer.result();
    }

    @Test
    void recordedDecisionsReplayToTheSameChoiceUnderTheSamePolicy() {
        Random random = new Random(21);
        for (RoutePolicy policy : List.of(new ExpectedTtft(), new LeastLoaded(), new RoundRobin(), new PowerOfTwo())) {
            List<RouteDecision> recorded = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                recorded.add(decide(policy, "r" + i, Candidates.any(random)));
            }
            RouteReplay replay = replay(recorded, policy);
            assertThat(replay.equalShare()).isEqualTo(1);
            assertThat(replay.changed()).isEmpty();
            assertThat(replay.replayedNanos()).isEqualTo(replay.recordedNanos());
        }
    }

    @Test
    void anotherPolicyShowsWhatItWouldHaveChanged() {
        RouteFeatures apart = of(0, 64, ahead(100_000, 0), busy(1, 0));
        RouteFeatures equal = of(0, 64, busy(0, 0));
        List<RouteDecision> recorded =
                List.of(decide(new LeastLoaded(), "one", apart), decide(new LeastLoaded(), "two", equal));
        RouteReplay replay = replay(recorded, new ExpectedTtft());
        assertThat(replay.equal()).isEqualTo(1);
        assertThat(replay.equalShare()).isEqualTo(0.5);
        assertThat(replay.changed()).containsExactly(new RouteReplay.Change("one", "p0", "p1", 174_000, 74_000));
        assertThat(replay.compared()).isEqualTo(2);
        assertThat(replay.recordedNanos() - replay.replayedNanos()).isEqualTo(50_000);
    }

    @Test
    void nothingReplaysToNothing() {
        assertThat(replay(List.of(), new ExpectedTtft()).equalShare()).isEqualTo(1);
    }

    @Test
    void aDecisionSaysWhyNotTheOthers() {
        RouteDecision decision = decide(new ExpectedTtft(), "d", of(0, 64, ahead(100_000, 0), busy(1, 0)));
        assertThat(decision.endpoint()).contains("p1");
        assertThat(decision.candidates().get(0).whyNot()).contains(WhyNot.WORSE);
        assertThat(decision.candidates().get(0).score()).isEqualTo(174_000);
        assertThat(decision.candidates().get(1).whyNot()).isEmpty();
        assertThat(decision.features()).isEqualTo(of(0, 64, ahead(100_000, 0), busy(1, 0)));
    }

    @Test
    void otherWeightsChangeWhatIsChosen() {
        RouteFeatures held = of(0, 64, Candidates.held(9, 64), busy(0, 0));
        List<RouteDecision> recorded = List.of(decide(new ExpectedTtft(), "one", held));
        assertThat(replay(recorded, RoutePolicies.weighted("expected-ttft", Map.of()))
                        .equal())
                .isEqualTo(1);
        RouteReplay kind = replay(recorded, RoutePolicies.weighted("expected-ttft", Map.of("delay", 0.0)));
        assertThat(kind.changed()).extracting(RouteReplay.Change::replayed).containsExactly("p0");
    }

    @Test
    void whatWasTurnedAwayIsNoChoiceOfAPolicy() {
        RouteDecision away = new RouteRecorder(new LeastLoaded())
                .turnAway(new RouteRecorder.Caller("a", Instant.EPOCH, "", "tenant"), ErrorCode.QUEUE_FULL);
        assertThat(replay(List.of(away), new ExpectedTtft()).decisions()).isZero();
    }

    @Test
    void changesBeyondTheFirstAreCountedAlone() {
        RouteFeatures apart = of(0, 64, ahead(100_000, 0), busy(1, 0));
        RouteReplayer replayer = new RouteReplayer(new ExpectedTtft(), 2);
        for (int i = 0; i < 5; i++) {
            replayer.add(decide(new LeastLoaded(), "r" + i, apart));
        }
        assertThat(replayer.result().changed()).hasSize(2);
        assertThat(replayer.result().decisions() - replayer.result().equal()).isEqualTo(5);
    }
}
