package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static dev.foretoken.scheduler.SchedulerBench.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What drafts change: the number of steps. What they do not: anything else. */
class SpeculationTest {

    private static final int BLOCK = 16;
    private static final FakeModel MODEL = FakeModel.ofContext(100, 256);
    private static final SchedulerConfig CONFIG =
            new SchedulerConfig(8, 64, 32, 100, true, 3).withSpeculation(new SpeculationConfig(4, 2));

    private final FakeReference reference = new FakeReference(MODEL.shape());

    private static SchedulerBench bench(FakeModel model, double acceptance) {
        FakeReference answers = new FakeReference(model.shape());
        return new SchedulerBench(model, CONFIG, 64, new ScriptedDrafts(answers, 100, new Random(5), acceptance, true));
    }

    private static FakeModel without(Feature missing) {
        Set<Feature> features = EnumSet.complementOf(EnumSet.of(missing));
        return MODEL.withCapabilities(new Capabilities(features, 256, 4096, 1));
    }

    private static List<Integer> rowsUntilDone(SchedulerBench bench) {
        List<Integer> counts = new ArrayList<>();
        while (!bench.scheduler.isIdle()) {
            bench.step().forEach(row -> counts.add(row.count()));
        }
        return counts;
    }

    @Test
    void anAcceptedRunComesInOneStepAndItsDraftsGrowUpToTheMost() {
        SchedulerBench bench = bench(MODEL, 1);
        EventRecord record = bench.submit(distinct("r", 10, 20));
        assertThat(rowsUntilDone(bench)).containsExactly(10, 3, 5, 5, 5, 1);
        assertThat(bench.observer.acceptedTokens).isEqualTo(14);
        assertThat(bench.observer.proposedTokens).isEqualTo(14);
        record.check(reference);
    }

    @Test
    void wrongDraftsChangeNoAnswerHoldNoBlocksAndBecomeRare() {
        SchedulerBench bench = bench(MODEL, 0);
        EventRecord record = bench.submit(distinct("r", 14, 150).withOutput(new OutputOptions(2, -1, false)));
        Sequence sequence = bench.groups.getFirst().sequence(0);
        while (!bench.scheduler.isIdle()) {
            bench.step();
            int needed = sequence.ended() ? 0 : Math.ceilDiv(sequence.computed + 1, BLOCK);
            assertThat(sequence.caches.held(0)).isLessThanOrEqualTo(needed);
        }
        assertThat(bench.observer.proposedTokens).isBetween(3, 10);
        record.check(reference);
    }

    @Test
    void anAnswerWithRejectedDraftsIsFoundAgainAsThePrefixOfTheNextTurn() {
        SchedulerBench bench = bench(MODEL, 0.6);
        EventRecord first = bench.submit(request("first", 20, 40));
        bench.runToEnd();
        assertThat(bench.observer.acceptedTokens).isBetween(1, bench.observer.proposedTokens - 1);
        int[] turn = IntStream.concat(
                        IntStream.of(first.request.prompt().tokens().toArray()),
                        first.tokens(0).stream().mapToInt(Integer::intValue))
                .toArray();
        EventRecord second = bench.submit(GenerationRequest.greedy("second", "m", Prompt.of(turn), 5));
        bench.runToEnd();
        assertThat(second.of(0).getFirst()).isEqualTo(new EngineEvent.Started(0, 60, 48));
        first.check(reference);
        second.check(reference);
    }

    @Test
    void aStopTokenInsideAnAcceptedRunEndsTheAnswerThere() {
        for (int at = 0; at < 12; at++) {
            SchedulerBench bench = bench(MODEL, 1);
            TokenIds stop =
                    TokenIds.of(reference.tokens(request("r", 20, 30), 0).get(at));
            EventRecord early = bench.submit(request("r", 20, 30).withStop(new StopConditions(30, 0, stop)));
            EventRecord late = bench.submit(request("s", 20, 30).withStop(new StopConditions(30, at + 2, stop)));
            bench.runToEnd();
            assertThat(early.last(0))
                    .isInstanceOfSatisfying(
                            EngineEvent.Finished.class,
                            last -> assertThat(last.reason()).isEqualTo(FinishReason.STOP_TOKEN));
            early.check(reference);
            late.check(reference);
            assertThat(bench.scheduler.pools().get(0).pool().referenced()).isZero();
        }
    }

    @Test
    void proposesNothingWhileMoreSequencesRunThanItShould() {
        SchedulerBench bench = bench(MODEL, 1);
        for (int i = 0; i < 3; i++) {
            bench.submit(distinct("r" + i, 4, i == 0 ? 10 : 30));
        }
        bench.step();
        while (bench.records.getFirst().last(0) == null) {
            assertThat(bench.step()).extracting(SchedulerBench.Row::count).containsOnly(1);
        }
        assertThat(bench.observer.drafts).isZero();
        bench.runToEnd();
        assertThat(bench.observer.drafts).isPositive();
        bench.records.forEach(record -> record.check(reference));
    }

    @Test
    void proposesNothingToARuntimeThatCannotVerifyBesideOtherRows() {
        for (Feature missing : List.of(Feature.ROLLBACK, Feature.RAGGED_ROWS, Feature.MIXED_SPANS)) {
            SchedulerBench bench = bench(without(missing), 1);
            EventRecord record = bench.submit(distinct("r", 10, 20));
            bench.runToEnd();
            assertThat(bench.observer.drafts).isZero();
            record.check(reference);
        }
    }

    @Test
    void aRecurrentStateGoesBackToItsCheckpointAndComputesTheAcceptedTokensAgain() {
        CacheSpec caches = new CacheSpec(
                List.of(new CacheKind.RecurrentState(1, 64), new CacheKind.WindowedKv(1, 8, 8, 5)), BLOCK, 1);
        FakeModel model = FakeModel.of(100, 256, caches, MODEL.capabilities());
        SchedulerBench bench = bench(model, 0.6);
        EventRecord record = bench.submit(distinct("r", 10, 60));
        bench.runToEnd();
        assertThat(bench.observer.acceptedTokens).isBetween(10, bench.observer.proposedTokens - 1);
        assertThat(bench.runtime.violations()).isEmpty();
        record.check(new FakeReference(model.shape()));
    }

    @Test
    void aDraftThatFindsTooLittleMemoryTakesNothingFromAnybody() {
        int block = 2;
        FakeModel model = FakeModel.of(
                100, 256, new CacheSpec(List.of(new CacheKind.PagedKv(1, 8, 8)), block, 1), MODEL.capabilities());
        FakeReference answers = new FakeReference(model.shape());
        int preemptions = 0;
        for (int blocks = 20; blocks < 30; blocks++) {
            ScriptedDrafts drafts = new ScriptedDrafts(answers, 100, new Random(blocks), 0.9, true);
            SchedulerBench tight = new SchedulerBench(model, CONFIG, blocks, drafts);
            tight.submit(distinct("a", 5, 32));
            tight.submit(distinct("b", 6, 32));
            while (!tight.scheduler.isIdle()) {
                tight.step();
                for (int i = 0; i < tight.scheduler.running(); i++) {
                    Sequence sequence = tight.scheduler.state().running.get(i);
                    assertThat(sequence.caches.held(0)).isLessThanOrEqualTo(Math.ceilDiv(sequence.computed + 1, block));
                }
            }
            tight.records.forEach(record -> record.check(answers));
            preemptions += tight.observer.preemptions;
        }
        assertThat(preemptions).isPositive();
    }

    @Test
    void aCancelledRowInFlightGivesBackWhatItsProposalsHeld() {
        SchedulerBench bench = bench(MODEL, 1);
        bench.submit(distinct("r", 13, 100));
        bench.step();
        PlannedStep step = bench.scheduler.plan(bench.now);
        assertThat(step).isNotNull();
        assertThat(DraftCommitter.verifies(step.plan(), 0)).isTrue();
        bench.scheduler.cancel(bench.groups.getFirst(), 0, bench.now);
        step.commands().forEach(bench.runtime::apply);
        bench.scheduler.commit(step, bench.runtime.execute(step.plan()), bench.now);
        bench.invariants.check();
        assertThat(bench.scheduler.isIdle()).isTrue();
        assertThat(bench.scheduler.pools().get(0).pool().referenced()).isZero();
    }
}
