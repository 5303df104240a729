package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.routing.policy.LeastLoaded;
import dev.foretoken.routing.policy.PowerOfTwo;
import dev.foretoken.routing.policy.RoundRobin;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Everything is virtual time: four pods with the real scheduler, but where the model of it or a thousand pods are named. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterSimulationTest {

    private static final List<RoutePolicy> BLIND = List.of(new LeastLoaded(), new RoundRobin(), new PowerOfTwo());

    private static final double MODERATE = 2;
    private static final double TOO_MUCH = 6;

    private static final double BURST_SECONDS = 0.12;

    private static final long SEED = 1;

    /** What was simulated already, by everything that differs between the tests. */
    private final Map<Ran, ClusterOutcome> outcomes = new HashMap<>();

    private record Ran(String policy, double perSecond, int gateways, long seed) {}

    private static ClusterConfig chat(RoutePolicy policy, double perSecond) {
        return chat(policy, perSecond, SEED);
    }

    private static ClusterConfig chat(RoutePolicy policy, double perSecond, long seed) {
        ClusterConfig config = ClusterScenario.CHAT.config();
        ClusterConfig.Load load =
                new ClusterConfig.Load(config.load().chat(), perSecond, 60, 300, seed, TenantShare.NOBODY);
        return config.withScheduler(true).withLoad(load).withPolicy(policy);
    }

    private static ClusterOutcome run(ClusterConfig config) {
        return run(config, 1);
    }

    private static ClusterOutcome run(ClusterConfig config, int threads) {
        try (ClusterSimulation simulation = new ClusterSimulation(config, threads)) {
            return simulation.run(part -> {});
        }
    }

    private ClusterOutcome outcome(RoutePolicy policy, double perSecond) {
        return outcome(policy, perSecond, 1, SEED);
    }

    private ClusterOutcome outcome(RoutePolicy policy, double perSecond, int gateways, long seed) {
        return outcomes.computeIfAbsent(
                new Ran(policy.name(), perSecond, gateways, seed),
                ran -> run(chat(policy, perSecond, seed).withGateways(gateways)));
    }

    @Test
    void aSeedDecidesEverything() {
        ClusterConfig config = chat(RoutePolicies.DEFAULT, MODERATE).withGateways(2);
        assertThat(run(config)).isEqualTo(outcome(RoutePolicies.DEFAULT, MODERATE, 2, SEED));
    }

    @Test
    void twoThreadsBringTheSameAsOne() {
        ClusterConfig config = chat(RoutePolicies.DEFAULT, MODERATE).withGateways(2);
        assertThat(run(config, 2)).isEqualTo(outcome(RoutePolicies.DEFAULT, MODERATE, 2, SEED));
    }

    /** Long enough that gateways hear once of what each pod does and holds, and too short, at a fifth of the burst's rate, for more to be computed. */
    @Test
    void aThousandSchedulersAnswerAllOfABurstAndOneThreadBringsTheSameAsTwo() {
        ClusterConfig burst = ClusterScenario.BURST.config();
        double perSecond = burst.load().perSecond() / 5;
        ClusterConfig config = burst.withScheduler(true)
                .withLoad(new ClusterConfig.Load(
                        burst.load().chat(), perSecond, 0, BURST_SECONDS, SEED, TenantShare.NOBODY));
        ClusterOutcome outcome = run(config);
        assertThat(outcome.answered()).isEqualTo(outcome.sent()).isGreaterThan(2 * config.pods());
        assertThat(Math.round(outcome.reports() * BURST_SECONDS))
                .as("of each pod, as it began and as it worked")
                .isEqualTo(2 * config.pods());
        assertThat(run(config, 2)).isEqualTo(outcome);
    }

    /** The simulation itself refuses a request that ends twice, or not at all. */
    @Test
    void everyRequestIsAnsweredOrRefused() {
        ClusterOutcome outcome = outcome(new RoundRobin(), TOO_MUCH);
        assertThat(outcome.refused()).isPositive();
        assertThat(outcome.answered()).isPositive();
        assertThat(outcome.answered() + outcome.refused()).isEqualTo(outcome.sent());
    }

    @Test
    void knowingWhatPodsHoldHalvesTheTimeToTheFirstToken() {
        ClusterOutcome aware = outcome(RoutePolicies.DEFAULT, MODERATE);
        for (RoutePolicy blind : BLIND) {
            assertThat(outcome(blind, MODERATE).ttft().p50())
                    .as(blind.name())
                    .isGreaterThan(2 * aware.ttft().p50());
        }
        assertThat(aware.hitRate()).isGreaterThan(0.9);
    }

    @Test
    void knowingWhatPodsHoldAnswersMoreWhereMoreIsAskedThanPodsCanDo() {
        ClusterOutcome aware = outcome(RoutePolicies.DEFAULT, TOO_MUCH);
        assertThat(aware.refused()).isPositive();
        for (RoutePolicy policy : BLIND) {
            ClusterOutcome blind = outcome(policy, TOO_MUCH);
            assertThat(blind.refused()).isPositive();
            assertThat(aware.answersPerSecond()).as(policy.name()).isGreaterThan(1.5 * blind.answersPerSecond());
        }
    }

    @Test
    void twoGatewaysFindAlmostAsMuchAsOne() {
        assertThat(outcome(RoutePolicies.DEFAULT, MODERATE, 2, SEED).hitRate())
                .isGreaterThan(0.97 * outcome(RoutePolicies.DEFAULT, MODERATE).hitRate());
    }

    /** Of full queues it depends on chance what is found: the mean of several is looked at. */
    @Test
    void twoGatewaysFindAlmostAsMuchAsOneWhereMoreIsAskedThanPodsCanDo() {
        assertThat(hitRateOfFullQueues(2)).isGreaterThan(0.97 * hitRateOfFullQueues(1));
    }

    private double hitRateOfFullQueues(int gateways) {
        return LongStream.rangeClosed(SEED, SEED + 5)
                .mapToDouble(seed ->
                        outcome(RoutePolicies.DEFAULT, TOO_MUCH, gateways, seed).hitRate())
                .average()
                .orElseThrow();
    }

    @Test
    void theModelOfAPodAnswersWhenTheSchedulerDoes() {
        for (RoutePolicy policy : new RoutePolicy[] {RoutePolicies.DEFAULT, new LeastLoaded()}) {
            ClusterConfig config = chat(policy, MODERATE);
            ClusterOutcome real = outcome(policy, MODERATE);
            ClusterOutcome model = run(config.withScheduler(false));
            assertThat(model.ttft().p50() / real.ttft().p50()).isCloseTo(1, within(0.1));
            assertThat(model.ttft().mean() / real.ttft().mean()).isCloseTo(1, within(0.2));
            assertThat(model.hitRate()).isCloseTo(real.hitRate(), within(0.05));
        }
    }
}
