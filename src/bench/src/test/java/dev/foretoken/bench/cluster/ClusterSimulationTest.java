package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.routing.policy.LeastLoaded;
import dev.foretoken.routing.policy.RoundRobin;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import org.junit.jupiter.api.Test;

/** Everything is virtual time: four pods with the real scheduler, but where the model of it is named. */
class ClusterSimulationTest {

    private static final double MODERATE = 2;
    private static final double TOO_MUCH = 6;

    private static ClusterConfig chat(RoutePolicy policy, double perSecond) {
        ClusterConfig config = ClusterScenario.CHAT.config();
        ClusterConfig.Load load = new ClusterConfig.Load(config.load().chat(), perSecond, 60, 300, 1);
        return config.withScheduler(true).withLoad(load).withPolicy(policy);
    }

    private static ClusterOutcome run(ClusterConfig config) {
        try (ClusterSimulation simulation = new ClusterSimulation(config)) {
            return simulation.run();
        }
    }

    @Test
    void aSeedDecidesEverything() {
        ClusterConfig config = chat(RoutePolicies.DEFAULT, MODERATE).withGateways(2);
        assertThat(run(config)).isEqualTo(run(config));
    }

    /** The simulation itself refuses a request that ends twice, or not at all. */
    @Test
    void everyRequestIsAnsweredOrRefused() {
        ClusterOutcome outcome = run(chat(new RoundRobin(), TOO_MUCH));
        assertThat(outcome.refused()).isPositive();
        assertThat(outcome.answered()).isPositive();
        assertThat(outcome.answered() + outcome.refused()).isEqualTo(outcome.sent());
    }

    @Test
    void knowingWhatPodsHoldHalvesTheTimeToTheFirstToken() {
        ClusterOutcome aware = run(chat(RoutePolicies.DEFAULT, MODERATE));
        ClusterOutcome blind = run(chat(new LeastLoaded(), MODERATE));
        assertThat(blind.ttft().p50()).isGreaterThan(2 * aware.ttft().p50());
        assertThat(aware.hitRate()).isGreaterThan(0.9);
    }

    @Test
    void knowingWhatPodsHoldAnswersMoreWhereMoreIsAskedThanPodsCanDo() {
        ClusterOutcome aware = run(chat(RoutePolicies.DEFAULT, TOO_MUCH));
        ClusterOutcome blind = run(chat(new LeastLoaded(), TOO_MUCH));
        assertThat(blind.refused()).isPositive();
        assertThat(aware.refused()).isPositive();
        assertThat(aware.answersPerSecond()).isGreaterThan(1.5 * blind.answersPerSecond());
    }

    @Test
    void twoGatewaysFindAlmostAsMuchAsOne() {
        ClusterConfig one = chat(RoutePolicies.DEFAULT, MODERATE);
        assertThat(run(one.withGateways(2)).hitRate()).isGreaterThan(0.97 * run(one).hitRate());
    }

    @Test
    void theModelOfAPodAnswersWhenTheSchedulerDoes() {
        for (RoutePolicy policy : new RoutePolicy[] {RoutePolicies.DEFAULT, new LeastLoaded()}) {
            ClusterConfig config = chat(policy, MODERATE);
            ClusterOutcome real = run(config);
            ClusterOutcome model = run(config.withScheduler(false));
            assertThat(model.ttft().p50() / real.ttft().p50()).isCloseTo(1, within(0.1));
            assertThat(model.ttft().mean() / real.ttft().mean()).isCloseTo(1, within(0.2));
            assertThat(model.hitRate()).isCloseTo(real.hitRate(), within(0.05));
        }
    }
}
