package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Thousands of random workloads over all combinations of capabilities and cache kinds. {@code -Psoak} (system property foretoken.soak) runs
 * many more. A failure names the seed that shows it again.
 */
class SchedulerSimulationTest {

    private static final int SEEDS = Boolean.getBoolean("foretoken.soak") ? 200_000 : 2_000;

    @Test
    void everyWorkloadKeepsEveryInvariantAndAnswersLikeTheReference() {
        int preemptions = 0;
        int hits = 0;
        int accepted = 0;
        int rejected = 0;
        int partDrafts = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = new Simulation(seed);
            try {
                simulation.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
            preemptions += simulation.observer().preemptions;
            hits += simulation.observer().hitTokens;
            accepted += simulation.observer().acceptedTokens;
            partDrafts += simulation.partDrafts();
            rejected += simulation.observer().proposedTokens - simulation.observer().acceptedTokens;
        }
        assertThat(preemptions).as("preemptions seen").isGreaterThan(SEEDS / 10);
        assertThat(accepted).as("proposals accepted").isGreaterThan(SEEDS);
        assertThat(rejected).as("proposals rejected").isGreaterThan(SEEDS);
        assertThat(partDrafts).as("drafts of a draft part").isGreaterThan(SEEDS / 2);
        assertThat(hits).as("prefix hits seen").isGreaterThan(SEEDS);
    }
}
