package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of random workloads over all combinations of capabilities and cache kinds. {@code -Psoak} (system property foretoken.soak) runs
 * many more. A failure names the seed that shows it again.
 */
class SchedulerSimulationTest {

    private static final int SEEDS = Boolean.getBoolean("foretoken.soak") ? 200_000 : 2_000;

    private static Simulation run(int seed) {
        Simulation simulation = new Simulation(seed);
        try {
            simulation.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
        return simulation;
    }

    @ParameterizedTest
    @ValueSource(ints = {6552, 21163, 24716, 28949})
    void workloadsThatOnceFoundAFaultFindNone(int seed) {
        run(seed);
    }

    @Test
    void everyWorkloadKeepsEveryInvariantAndAnswersLikeTheReference() {
        int preemptions = 0;
        int hits = 0;
        int accepted = 0;
        int rejected = 0;
        int partDrafts = 0;
        int resumed = 0;
        int stored = 0;
        int removed = 0;
        int states = 0;
        int predicted = 0;
        int repairs = 0;
        int repairTokens = 0;
        int givenUp = 0;
        Map<CheckpointEvent, Integer> checkpoints = new EnumMap<>(CheckpointEvent.class);
        Map<PrefixOutcome, Integer> outcomes = new EnumMap<>(PrefixOutcome.class);
        for (int seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = run(seed);
            preemptions += simulation.observer().preemptions;
            hits += simulation.observer().hitTokens;
            accepted += simulation.observer().acceptedTokens;
            partDrafts += simulation.partDrafts();
            resumed += simulation.resumed();
            stored += simulation.mirror().stored;
            removed += simulation.mirror().removed;
            states += simulation.mirror().states;
            predicted += simulation.observer().predictedSequences;
            repairs += simulation.observer().repairs;
            repairTokens += simulation.observer().repairTokens;
            givenUp += simulation.observer().repairsGivenUp;
            for (CheckpointEvent event : CheckpointEvent.values()) {
                checkpoints.merge(event, simulation.observer().count(event), Integer::sum);
            }
            for (PrefixOutcome outcome : PrefixOutcome.values()) {
                outcomes.merge(outcome, simulation.observer().count(outcome), Integer::sum);
            }
            rejected += simulation.observer().proposedTokens - simulation.observer().acceptedTokens;
        }
        assertThat(preemptions).as("preemptions seen").isGreaterThan(SEEDS / 10);
        assertThat(accepted).as("proposals accepted").isGreaterThan(SEEDS);
        assertThat(rejected).as("proposals rejected").isGreaterThan(SEEDS);
        assertThat(partDrafts).as("drafts of a draft part").isGreaterThan(SEEDS / 2);
        assertThat(stored).as("prefixes told").isGreaterThan(SEEDS);
        assertThat(removed).as("prefixes given up").isGreaterThan(SEEDS / 10);
        assertThat(states).as("copies of states told").isGreaterThan(SEEDS / 10);
        assertThat(resumed).as("answers gone on with").isGreaterThan(SEEDS / 2);
        assertThat(predicted).as("predicted prompts").isGreaterThan(SEEDS / 4);
        assertThat(repairs).as("repairs").isGreaterThan(SEEDS / 10);
        assertThat(repairTokens).as("tokens computed into shadows").isGreaterThan(SEEDS / 4);
        assertThat(givenUp).as("repairs that did not come about").isGreaterThan(SEEDS / 10);
        assertThat(hits).as("prefix hits seen").isGreaterThan(SEEDS);
        assertThat(checkpoints)
                .as("checkpoints")
                .allSatisfy((event, seen) ->
                        assertThat(seen).as(event + " of " + checkpoints).isGreaterThan(SEEDS / 10));
        assertThat(outcomes)
                .as("lookups")
                .allSatisfy((outcome, seen) ->
                        assertThat(seen).as(outcome + " of " + outcomes).isGreaterThan(SEEDS / 100));
    }
}
