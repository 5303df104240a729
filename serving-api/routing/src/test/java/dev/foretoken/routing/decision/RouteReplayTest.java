package dev.foretoken.routing.decision;

import static dev.foretoken.routing.policy.Candidates.ahead;
import static dev.foretoken.routing.policy.Candidates.busy;
import static dev.foretoken.routing.policy.Candidates.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.foretoken.routing.fleet.FleetLook;
import dev.foretoken.routing.policy.Candidates;
import dev.foretoken.routing.policy.ExpectedTtft;
import dev.foretoken.routing.policy.LeastLoaded;
import dev.foretoken.routing.policy.PowerOfTwo;
import dev.foretoken.routing.policy.RoundRobin;
import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicy;
import dev.foretoken.routing.policy.WhyNot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void recordedDecisionsReplayToTheSameChoiceUnderTheSamePolicy() {
        Random random = new Random(21);
        for (RoutePolicy policy : List.of(new ExpectedTtft(), new LeastLoaded(), new RoundRobin(), new PowerOfTwo())) {
            List<RouteDecision> recorded = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                recorded.add(decide(policy, "r" + i, Candidates.any(random)));
            }
            RouteReplay replay = RouteReplay.of(recorded, policy);
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
        RouteReplay replay = RouteReplay.of(recorded, new ExpectedTtft());
        assertThat(replay.equal()).isEqualTo(1);
        assertThat(replay.equalShare()).isEqualTo(0.5);
        assertThat(replay.changed()).containsExactly(new RouteReplay.Change("one", "p0", "p1", 174_000, 74_000));
        assertThat(replay.recordedNanos() - replay.replayedNanos()).isEqualTo(100_000);
    }

    @Test
    void nothingReplaysToNothing() {
        assertThat(RouteReplay.of(List.of(), new ExpectedTtft()).equalShare()).isEqualTo(1);
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
    void theRingKeepsTheNewest() {
        RouteRing ring = new RouteRing(3);
        for (int i = 0; i < 5; i++) {
            ring.add(decide(new LeastLoaded(), "r" + i, of(0, 1, busy(0, 0))));
        }
        assertThat(ring.newest(10)).extracting(RouteDecision::id).containsExactly("r4", "r3", "r2");
        assertThat(ring.newest(2)).extracting(RouteDecision::id).containsExactly("r4", "r3");
        assertThat(ring.find("r1")).isEmpty();
        assertThat(ring.find("r2")).isPresent();
        assertThatIllegalArgumentException().isThrownBy(() -> new RouteRing(0));
    }
}
