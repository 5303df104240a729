package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static dev.foretoken.scheduler.SchedulerBench.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.scheduler.SchedulerBench.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A draft part changes the number of steps of the base and nothing else. */
class DraftPartTest {

    private static final FakeModel SURE = FakeModel.ofContext(100, 256).withDraftPart(0);
    private static final FakeModel UNSURE = FakeModel.ofContext(100, 256).withDraftPart(30);
    private static final SchedulerConfig CONFIG =
            new SchedulerConfig(8, 64, 32, 100, true, 3).withSpeculation(new SpeculationConfig(4, 2));

    private final FakeReference reference = new FakeReference(SURE.shape());

    private static List<Row> rowsUntilDone(SchedulerBench bench) {
        List<Row> rows = new ArrayList<>();
        while (!bench.scheduler.isIdle()) {
            rows.addAll(bench.step());
        }
        return rows;
    }

    @Test
    void draftsBeforeEachStepOfTheBaseAndComputesNoTokenTwice() {
        SchedulerBench bench = new SchedulerBench(SURE, CONFIG, 64);
        EventRecord record = bench.submit(distinct("r", 10, 20));
        assertThat(rowsUntilDone(bench))
                .containsExactly(
                        new Row("r", 0, 0, 10, 0, 0),
                        new Row("r", 0, 0, 11, 1, 2),
                        new Row("r", 0, 10, 3, 0, 0),
                        new Row("r", 0, 12, 2, 1, 4),
                        new Row("r", 0, 13, 5, 0, 0),
                        new Row("r", 0, 17, 2, 1, 4),
                        new Row("r", 0, 18, 5, 0, 0),
                        new Row("r", 0, 22, 2, 1, 4),
                        new Row("r", 0, 23, 5, 0, 0),
                        new Row("r", 0, 28, 1, 0, 0));
        assertThat(bench.observer.acceptedTokens).isEqualTo(14);
        assertThat(bench.observer.proposedTokens).isEqualTo(14);
        record.check(reference);
    }

    @Test
    void aRejectedProposalLeavesNothingBehindInThePart() {
        SchedulerBench bench = new SchedulerBench(UNSURE, CONFIG, 64);
        EventRecord record = bench.submit(distinct("r", 14, 200).withOutput(new OutputOptions(2, -1, false)));
        bench.runToEnd();
        assertThat(bench.observer.acceptedTokens)
                .as("a stale entry in the part would make everything behind it wrong")
                .isGreaterThan(bench.observer.proposedTokens * 45 / 100)
                .isLessThan(bench.observer.proposedTokens);
        record.check(reference);
    }

    @Test
    void aPromptThatIsLongForOneStepIsComputedByThePartInPieces() {
        SchedulerBench bench = new SchedulerBench(SURE, CONFIG, 64);
        EventRecord record = bench.submit(distinct("r", 80, 30));
        List<Row> drafts =
                rowsUntilDone(bench).stream().filter(row -> row.part() == 1).toList();
        assertThat(drafts.subList(0, 3)).extracting(Row::first).containsExactly(0, 32, 64);
        assertThat(drafts.subList(0, 2)).extracting(Row::proposals).containsOnly(0);
        assertThat(drafts.get(2).proposals()).isEqualTo(2);
        assertThat(bench.observer.acceptedTokens).isEqualTo(bench.observer.proposedTokens);
        record.check(reference);
    }

    @Test
    void aPrefixThatOnlyTheBaseHasIsComputedByThePartBeforeItProposes() {
        SchedulerBench bench = new SchedulerBench(SURE, CONFIG, 64);
        EventRecord first = bench.submit(request("first", 20, 40));
        bench.runToEnd();
        int[] turn = IntStream.concat(
                        IntStream.of(first.request.prompt().tokens().toArray()),
                        first.tokens(0).stream().mapToInt(Integer::intValue))
                .toArray();
        EventRecord second = bench.submit(GenerationRequest.greedy("second", "m", Prompt.of(turn), 12));
        bench.runToEnd();
        assertThat(second.of(0).getFirst()).isEqualTo(new EngineEvent.Started(0, 60, 48));
        assertThat(bench.observer.acceptedTokens).isEqualTo(bench.observer.proposedTokens);
        first.check(reference);
        second.check(reference);
    }

    @Test
    void aPartWithAWindowKeepsOnlyTheBlocksBehindItsOwnMark() {
        int window = 9;
        CacheSpec caches =
                new CacheSpec(List.of(new CacheKind.PagedKv(1, 8, 8), new CacheKind.WindowedKv(1, 8, 8, window)), 4, 1);
        FakeModel model = FakeModel.of(100, 256, caches, SURE.capabilities()).withDraftPart(10);
        SchedulerBench bench = new SchedulerBench(model, CONFIG, 80);
        EventRecord record = bench.submit(distinct("r", 30, 150));
        Sequence sequence = bench.groups.getFirst().sequence(0);
        int most = 0;
        while (!bench.scheduler.isIdle()) {
            bench.step();
            most = Math.max(most, sequence.promptDone ? sequence.caches.held(3) : 0);
        }
        assertThat(most).isBetween(3, 13);
        assertThat(bench.observer.acceptedTokens).isPositive();
        assertThat(bench.runtime.violations()).isEmpty();
        record.check(new FakeReference(model.shape()));
    }

    @Test
    void aStopTokenInsideAnAcceptedRunEndsTheAnswerThere() {
        for (int at = 0; at < 12; at++) {
            SchedulerBench bench = new SchedulerBench(SURE, CONFIG, 64);
            TokenIds stop =
                    TokenIds.of(reference.tokens(request("r", 20, 30), 0).get(at));
            EventRecord early = bench.submit(request("r", 20, 30).withStop(new StopConditions(30, 0, stop)));
            EventRecord late = bench.submit(request("s", 20, 30).withStop(new StopConditions(30, at + 2, stop)));
            bench.runToEnd();
            early.check(reference);
            late.check(reference);
            assertPoolsEmpty(bench);
        }
    }

    @Test
    void proposesNothingWhileMoreSequencesRunThanItShould() {
        SchedulerBench bench = new SchedulerBench(SURE, CONFIG, 64);
        for (int i = 0; i < 3; i++) {
            bench.submit(distinct("r" + i, 4, i == 0 ? 10 : 30));
        }
        while (bench.records.getFirst().last(0) == null) {
            assertThat(bench.step()).extracting(Row::part).containsOnly(0);
        }
        assertThat(bench.observer.drafts).isZero();
        bench.runToEnd();
        assertThat(bench.observer.acceptedTokens).isPositive().isEqualTo(bench.observer.proposedTokens);
        bench.records.forEach(record -> record.check(reference));
    }

    @Test
    void aPartWithTooFewBlocksProposesLessAndTakesNothingFromAnybody() {
        FakeModel model = SURE;
        FakeReference answers = new FakeReference(model.shape());
        for (int blocks = 1; blocks < 5; blocks++) {
            SchedulerBench tight =
                    new SchedulerBench(model, CONFIG, new CacheReservation(List.of(List.of(64), List.of(blocks))));
            tight.submit(distinct("a", 5, 60));
            tight.submit(distinct("b", 6, 60));
            tight.runToEnd();
            tight.records.forEach(record -> record.check(answers));
            assertThat(tight.observer.preemptions).isZero();
            assertThat(tight.observer.acceptedTokens).isPositive().isEqualTo(tight.observer.proposedTokens);
            assertPoolsEmpty(tight);
        }
    }

    @Test
    void aPreemptedSequenceStartsItsDraftsAnew() {
        int preemptions = 0;
        for (int blocks = 6; blocks < 9; blocks++) {
            SchedulerBench bench = new SchedulerBench(SURE, CONFIG, blocks);
            bench.submit(distinct("a", 13, 60));
            bench.submit(distinct("b", 14, 60));
            bench.runToEnd();
            preemptions += bench.observer.preemptions;
            assertThat(bench.observer.acceptedTokens).isPositive().isEqualTo(bench.observer.proposedTokens);
            bench.records.forEach(record -> record.check(reference));
        }
        assertThat(preemptions).isPositive();
    }

    @Test
    void aSequenceCancelledWhileItIsDraftedGivesBackBothParts() {
        SchedulerBench bench = new SchedulerBench(SURE, CONFIG, 64);
        bench.submit(distinct("r", 13, 100));
        bench.step();
        PlannedStep step = bench.scheduler.plan(bench.now);
        assertThat(step).isNotNull();
        assertThat(DraftStepPlanner.drafts(step.plan(), 0)).isTrue();
        bench.scheduler.cancel(bench.groups.getFirst(), 0, bench.now);
        assertThat(bench.scheduler.pools().get(1).pool().referenced()).isPositive();
        bench.scheduler.commit(step, bench.runtime.execute(step.plan()), bench.now);
        bench.invariants.check();
        assertThat(bench.scheduler.isIdle()).isTrue();
        assertPoolsEmpty(bench);
    }

    @Test
    void anAnswerSurvivesADraftThatFails() {
        SchedulerBench bench = new SchedulerBench(SURE.withFailingSteps(Set.of(1, 5)), CONFIG, 64);
        EventRecord record = bench.submit(distinct("r", 20, 40));
        bench.runToEnd();
        record.check(reference);
        assertThat(bench.observer.acceptedTokens).isPositive().isEqualTo(bench.observer.proposedTokens);
    }

    private static void assertPoolsEmpty(SchedulerBench bench) {
        assertThat(bench.scheduler.pools().get(0).pool().referenced()).isZero();
        assertThat(bench.scheduler.pools().get(1).pool().referenced()).isZero();
    }
}
