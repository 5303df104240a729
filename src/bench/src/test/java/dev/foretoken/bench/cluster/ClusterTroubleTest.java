package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.routing.policy.RoundRobin;
import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import dev.foretoken.routing.policy.Standing;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tenants that ask for too much, and pods that fail; all in virtual time. */
class ClusterTroubleTest {

    private static final double SECONDS = 200;
    private static final double WARM = 20;
    private static final PrefixScope SCOPE = new PrefixScope("", "", "m", "", 0);

    private static ClusterConfig chat(double perSecond, String... tenants) {
        ClusterConfig config = ClusterScenario.CHAT.config();
        List<TenantShare> shares = tenants.length == 0
                ? TenantShare.NOBODY
                : Stream.of(tenants).map(TenantShare::parse).toList();
        return config.withLoad(new ClusterConfig.Load(config.load().chat(), perSecond, WARM, SECONDS, 1, shares));
    }

    private static ClusterOutcome run(ClusterConfig config) {
        try (ClusterSimulation simulation = new ClusterSimulation(config, 1)) {
            return simulation.run(part -> {});
        }
    }

    private static long closed(ClusterOutcome outcome) {
        return outcome.answered() + outcome.refused() + outcome.limited() + outcome.lost();
    }

    @Test
    void aTenantGetsWhatItMayAskForInAMinuteAndOthersEverything() {
        ClusterOutcome outcome = run(chat(3, "quiet:1", "loud:5:requests=60"));
        TenantOutcome quiet = outcome.tenants().get(0);
        TenantOutcome loud = outcome.tenants().get(1);
        assertThat(quiet.limited()).isZero();
        assertThat(loud.sent()).isGreaterThan(2 * (long) (SECONDS - WARM));
        assertThat(loud.sent() - loud.limited()).isBetween((long) (SECONDS - WARM) - 10, (long) (SECONDS - WARM) + 20);
        assertThat(outcome.limited()).isGreaterThanOrEqualTo(loud.limited());
        assertThat(closed(outcome)).isEqualTo(outcome.sent());
    }

    @Test
    void aTenantHasNoMoreUnderWayThanItMay() {
        ClusterOutcome outcome = run(chat(2, "one:1:concurrent=1"));
        TenantOutcome one = outcome.tenants().getFirst();
        assertThat(one.answered())
                .as("a place is free again behind every answer")
                .isGreaterThan(40);
        assertThat(one.limited()).isPositive();
        assertThat(one.ttft().max()).as("nobody waits behind another").isLessThan(4);
    }

    @Test
    void theSchedulerSharesWhatThereIsByWeight() {
        ClusterOutcome outcome =
                run(chat(8, "quiet:1", "loud:10").withScheduler(true).withPods(2));
        TenantOutcome quiet = outcome.tenants().get(0);
        TenantOutcome loud = outcome.tenants().get(1);
        assertThat(quiet.answered()).isPositive();
        assertThat(quiet.ttft().p50()).isLessThan(0.5 * loud.ttft().p50());
    }

    @Test
    void whoAsksForLittleFindsAPlaceBesideWhoFillsThemAll() {
        ClusterOutcome outcome =
                run(chat(12, "quiet:1", "loud:20").withScheduler(true).withPods(2));
        TenantOutcome quiet = outcome.tenants().get(0);
        TenantOutcome loud = outcome.tenants().get(1);
        assertThat(loud.answered()).isLessThan(loud.sent() / 2);
        assertThat(quiet.answered()).isEqualTo(quiet.sent()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsOfPodsThatFailGoOnElsewhere(boolean scheduler) {
        ClusterConfig config = chat(2).withScheduler(scheduler).withGateways(2).withFailures(new Failures(100, 5));
        ClusterOutcome outcome = run(config);
        assertThat(outcome.moved()).isPositive();
        assertThat(outcome.lost()).isZero();
        assertThat(closed(outcome)).isEqualTo(outcome.sent());
        assertThat(outcome).isNotEqualTo(run(config.withFailures(Failures.NONE)));
        assertThat(outcome).isEqualTo(run(config));
        try (ClusterSimulation simulation = new ClusterSimulation(config, 2)) {
            assertThat(simulation.run(part -> {})).as("with two threads").isEqualTo(outcome);
        }
    }

    /** Ends in an error when it has chosen for a while. */
    private static final class Failing implements RoutePolicy {
        private int left = 100;

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public int choose(RouteFeatures features) {
            if (--left == 0) {
                throw new IllegalStateException("no more choices");
            }
            return 0;
        }

        @Override
        public double score(RouteFeatures features, int candidate) {
            return 0;
        }
    }

    @Test
    void anErrorOfOneSideEndsTheOther() {
        ClusterConfig config = chat(2).withPolicy(new Failing());
        try (ClusterSimulation simulation = new ClusterSimulation(config, 2)) {
            assertThatThrownBy(() -> simulation.run(part -> {})).hasMessageContaining("no more choices");
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain(Lockstep.PODS_THREAD);
    }

    /** Takes the first pod that is ready, however full. */
    private record FirstReady() implements RoutePolicy {
        @Override
        public String name() {
            return "first-ready";
        }

        @Override
        public int choose(RouteFeatures features) {
            return IntStream.range(0, features.candidates().size())
                    .filter(i -> features.candidates().get(i).standing() == Standing.READY)
                    .findFirst()
                    .orElse(-1);
        }

        @Override
        public double score(RouteFeatures features, int candidate) {
            return candidate;
        }
    }

    @Test
    void whatAFullPodRefusesGoesToOneThatHasRoom() {
        ClusterConfig config = chat(2).withPolicy(new FirstReady());
        assertThat(run(config.withPods(1)).refused()).isPositive();
        ClusterOutcome outcome = run(config);
        assertThat(outcome.refused()).isZero();
        assertThat(outcome.answered()).isEqualTo(outcome.sent());
        assertThat(outcome.moved()).as("it was nowhere yet").isZero();
        assertThat(outcome.decisions()).isGreaterThan(outcome.sent());
    }

    /** A pod is back at once and has room for what comes, but the other one has none for all that the pod had. */
    @Test
    void whatNoPodHasRoomToTakeOverIsLostAndNotRefused() {
        ClusterOutcome outcome = run(chat(1.8).withPods(2).withFailures(new Failures(60, 0.001)));
        assertThat(outcome.moved()).isPositive();
        assertThat(outcome.lost()).isGreaterThan(2 * outcome.refused());
        assertThat(closed(outcome)).isEqualTo(outcome.sent());
    }

    @Test
    void whatWasGeneratedIsPartOfThePromptElsewhere() {
        TokenChain chain =
                new TokenChain(new PrefixHasher(new byte[16]), SCOPE, position -> 0, List.of(), PodSpec.BLOCK_TOKENS);
        SimulatedRequest request = new SimulatedRequest(1, position -> 0, chain, 100, 20, 0, 0);
        request.generated = 7;
        request.asked = 2;
        SimulatedRequest rest = request.rest("p").rest("q");
        assertThat(rest.promptTokens).isEqualTo(107);
        assertThat(rest.answerTokens).isEqualTo(13);
        assertThat(rest.asked).isEqualTo(2);
        assertThat(rest.failed).containsExactlyInAnyOrder("p", "q");
        assertThat(request.failed).isEmpty();
    }

    @Test
    void aClusterOfOnePodLosesWhatItHasAndGoesOnWhenItIsBack() {
        ClusterOutcome outcome = run(chat(0.5).withPods(1).withFailures(new Failures(20, 10)));
        assertThat(outcome.lost()).isPositive();
        assertThat(outcome.moved()).isZero();
        assertThat(outcome.answered()).isPositive();
        assertThat(closed(outcome)).isEqualTo(outcome.sent());
    }

    @Test
    void knowingWhatPodsHoldHelpsWherePodsFailToo() {
        Failures failures = new Failures(60, 10);
        ClusterOutcome aware = run(chat(2).withPolicy(RoutePolicies.DEFAULT).withFailures(failures));
        ClusterOutcome blind = run(chat(2).withPolicy(new RoundRobin()).withFailures(failures));
        assertThat(blind.ttft().p50()).isGreaterThan(2 * aware.ttft().p50());
        assertThat(aware.answersPerSecond()).isGreaterThan(blind.answersPerSecond());
    }
}
