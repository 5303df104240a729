package dev.foretoken.routing.policy;

import static dev.foretoken.routing.policy.Candidates.busy;
import static dev.foretoken.routing.policy.Candidates.idle;
import static dev.foretoken.routing.policy.Candidates.of;
import static dev.foretoken.routing.policy.Candidates.stale;
import static dev.foretoken.routing.policy.Candidates.standing;
import static dev.foretoken.routing.policy.Candidates.turn;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoutePolicyTest {

    private static final List<RoutePolicy> ALL =
            List.of(new ExpectedTtft(), new LeastLoaded(), new RoundRobin(), new PowerOfTwo());

    @Test
    void sameFeaturesGiveTheSameChoiceAndNoneThatCannotAnswerWhereOneCan() {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            RouteFeatures features = Candidates.any(random);
            RouteFeatures equal =
                    new RouteFeatures(features.draw(), features.promptTokens(), List.copyOf(features.candidates()));
            Standing best = features.candidates().stream()
                    .map(CandidateFeatures::standing)
                    .min(Standing::compareTo)
                    .orElseThrow();
            for (RoutePolicy policy : ALL) {
                int choice = policy.choose(features);
                assertThat(policy.choose(equal)).as(policy.name()).isEqualTo(choice);
                if (best == Standing.EXCLUDED) {
                    assertThat(choice).isEqualTo(-1);
                } else {
                    assertThat(features.candidates().get(choice).standing()).isEqualTo(best);
                }
            }
        }
    }

    @Test
    void policiesAreFoundByTheirNames() {
        for (RoutePolicy policy : ALL) {
            assertThat(RoutePolicies.named(policy.name()).orElseThrow()).hasSameClassAs(policy);
            assertThat(RoutePolicies.names()).contains(policy.name());
        }
        assertThat(RoutePolicies.named("best")).isEmpty();
    }

    @Test
    void whereNoneIsReadyTheFirstOfThoseNearestToItIsAsked() {
        RouteFeatures features =
                of(0, 10, standing(Standing.NOT_READY), standing(Standing.LOADABLE), standing(Standing.LOADABLE));
        ALL.forEach(policy -> assertThat(policy.choose(features)).isEqualTo(1));
    }

    @Test
    void sayWhyACandidateWasNotChosen() {
        RouteFeatures features = of(
                0,
                10,
                idle(),
                standing(Standing.EXCLUDED),
                standing(Standing.BREAKER_OPEN),
                standing(Standing.LACKS_ADAPTER),
                standing(Standing.DRAINING),
                standing(Standing.LOADABLE),
                stale(0));
        List<WhyNot> reasons = IntStream.range(0, 7)
                .mapToObj(i -> new LeastLoaded().whyNot(features, i))
                .toList();
        assertThat(reasons)
                .containsExactly(
                        WhyNot.WORSE,
                        WhyNot.EXCLUDED,
                        WhyNot.BREAKER_OPEN,
                        WhyNot.LACKS_ADAPTER,
                        WhyNot.DRAINING,
                        WhyNot.NOT_READY,
                        WhyNot.WORSE);
        RouteFeatures oneStale = of(0, 10, idle(), stale(0));
        assertThat(new ExpectedTtft().whyNot(oneStale, 1)).isEqualTo(WhyNot.STALE);
    }

    @Test
    void leastLoadedCountsWhatIsReportedAndWhatWasSent() {
        assertThat(new LeastLoaded().choose(of(0, 10, busy(3, 1), busy(1, 2), busy(1, 4))))
                .isEqualTo(1);
        assertThat(new LeastLoaded().choose(of(1, 10, idle(), idle()))).isEqualTo(1);
    }

    @Test
    void roundRobinTakesTheOneWhoseTurnIsLongestAgo() {
        assertThat(new RoundRobin().choose(of(9, 10, turn(7), turn(5), turn(6))))
                .isEqualTo(1);
    }

    @Test
    void powerOfTwoTakesTheLessBusyOfTwoThatAreDrawn() {
        RouteFeatures firstTwo = of(0, 10, busy(0, 3), busy(0, 2), busy(0, 0));
        assertThat(new PowerOfTwo().choose(firstTwo)).isEqualTo(1);
        int[] chosen = new int[3];
        Random random = new Random(1);
        for (int i = 0; i < 3_000; i++) {
            chosen[new PowerOfTwo().choose(of(random.nextLong(), 10, busy(0, 3), busy(0, 2), busy(0, 0)))]++;
        }
        assertThat(chosen[0])
                .as("the busiest of three is never the less busy of two")
                .isZero();
        assertThat(chosen[1]).isBetween(850, 1_150);
    }
}
