package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.PredictionTest.CONFIG;
import static dev.foretoken.scheduler.PredictionTest.MODEL;
import static dev.foretoken.scheduler.PredictionTest.assertPoolsEmpty;
import static dev.foretoken.scheduler.PredictionTest.predicted;
import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.fake.FakeReference.Prefilled;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.scheduler.SchedulerBench.Row;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Predicted K and V that are replaced by exact ones while the answer goes on. */
class RepairTest {

    private final FakeReference reference = new FakeReference(MODEL.shape());
    private final SchedulerBench bench = new SchedulerBench(MODEL, CONFIG, 64);

    private static GenerationRequest after(GenerationRequest request, int tokens) {
        return predicted(request, new Repair.After(tokens));
    }

    private static GenerationRequest slack(String id, int prompt, int tokens) {
        return predicted(distinct(id, prompt, tokens), Repair.SLACK);
    }

    private static void runUntilRepairing(SchedulerBench bench) {
        while (!bench.kinds.contains(RowKind.REPAIR)) {
            bench.step();
        }
    }

    /** The next turn reads what the answer left in the prefix cache. */
    private static GenerationRequest nextTurn(EventRecord record) {
        IntStream prompt = IntStream.of(record.request.prompt().tokens().toArray());
        IntStream answer = record.tokens(0).stream().mapToInt(Integer::intValue);
        return GenerationRequest.greedy(
                "next", "m", Prompt.of(IntStream.concat(prompt, answer).toArray()), 5);
    }

    @Test
    void repairsBesideTheAnswerAndLeavesWhatAnExactRunWouldHaveLeft() {
        EventRecord record = bench.submit(slack("r", 100, 80));
        int mostBeside = 0;
        int repairSteps = 0;
        while (!bench.scheduler.isIdle()) {
            int before = record.tokens(0).size();
            List<Row> rows = bench.step();
            if (bench.kinds.contains(RowKind.REPAIR)) {
                repairSteps++;
                mostBeside = Math.max(mostBeside, rows.getLast().count());
                assertThat(record.tokens(0)).as("the answer goes on").hasSize(before + 1);
            }
        }
        record.check(reference);
        assertThat(repairSteps).isBetween(12, 16);
        assertThat(mostBeside).isEqualTo(8);
        assertThat(record.repairedAt(0)).isEqualTo(repairSteps + 1);
        assertThat(bench.observer.repairTokens).isBetween(100, 115);
        assertPoolsEmpty(bench);
        EventRecord next = bench.submit(nextTurn(record));
        bench.runToEnd();
        assertThat(bench.observer.hitTokens).as("prompt and answer are found").isEqualTo(176);
        next.check(reference);
    }

    @Test
    void aRequestForAFixedNumberOfTokensIsRepairedThereAtAnyLoad() {
        for (int tokens : new int[] {1, 2, 3, 7, 20, 31}) {
            SchedulerBench busy = new SchedulerBench(MODEL, CONFIG, 40);
            EventRecord first = busy.submit(after(distinct("r", 90, 32), tokens));
            for (int i = 0; i < 6; i++) {
                busy.step();
                busy.submit(i % 2 == 0 ? distinct("o" + i, 60, 20) : after(distinct("o" + i, 50, 20), 4));
            }
            busy.runToEnd();
            assertThat(first.repairedAt(0)).isEqualTo(tokens);
            busy.records.forEach(record -> record.check(reference));
            assertThat(first.tokens(0)).isEqualTo(reference.tokens(first.request, 0, new Prefilled(0, 90 + tokens)));
        }
    }

    @Test
    void speculationStopsWhereARepairIsDue() {
        SchedulerConfig drafted = CONFIG.withSpeculation(new SpeculationConfig(6, 4));
        int accepted = 0;
        for (int tokens = 1; tokens < 14; tokens++) {
            SchedulerBench drafting = new SchedulerBench(MODEL.withDraftPart(20), drafted, 64);
            EventRecord record =
                    drafting.submit(after(distinct("r", 40, 30), tokens).withOutput(new OutputOptions(1, -1, false)));
            drafting.runToEnd();
            assertThat(record.repairedAt(0)).isEqualTo(tokens);
            record.check(reference);
            accepted += drafting.observer.acceptedTokens;
            assertPoolsEmpty(drafting);
        }
        assertThat(accepted).isPositive();
    }

    @Test
    void pausesWhileAPromptIsComputedAndGoesOnAfter() {
        EventRecord record = bench.submit(slack("r", 100, 100));
        runUntilRepairing(bench);
        bench.submit(distinct("exact", 200, 4));
        for (int i = 0; i < 6; i++) {
            bench.step();
            assertThat(bench.kinds).doesNotContain(RowKind.REPAIR);
        }
        bench.runToEnd();
        assertThat(record.repairedAt(0)).isPositive();
        bench.records.forEach(each -> each.check(reference));
    }

    @Test
    void neverAndAnAnswerThatEndsTooSoonAreNotRepaired() {
        EventRecord never = bench.submit(predicted(distinct("never", 40, 40)));
        EventRecord brief = bench.submit(slack("brief", 200, 6));
        bench.runToEnd();
        assertThat(never.repairedAt(0)).isEqualTo(PrefillUsage.NEVER);
        assertThat(brief.repairedAt(0)).isEqualTo(PrefillUsage.NEVER);
        assertThat(bench.observer.repairTokens)
                .as("what cannot be done in time is not begun")
                .isZero();
        assertThat(bench.observer.repairsGivenUp).isEqualTo(1);
    }

    @Test
    void whatARepairHoldsGoesBeforeAnybodyIsPreempted() {
        SchedulerBench tight =
                new SchedulerBench(MODEL, CONFIG, new CacheReservation(List.of(List.of(20), List.of(64, 64))));
        tight.submit(slack("r", 120, 100));
        runUntilRepairing(tight);
        for (int i = 0; i < 9; i++) {
            tight.step();
        }
        Prediction prediction = tight.groups.getFirst().sequence(0).prediction;
        assertThat(prediction).isNotNull();
        assertThat(prediction.shadow).isNotNull();
        tight.submit(distinct("other", 100, 10));
        tight.step();
        assertThat(prediction.shadow).isNull();
        tight.runToEnd();
        assertThat(tight.observer.preemptions).isZero();
        tight.records.forEach(each -> each.check(reference));
        assertPoolsEmpty(tight);
    }

    @Test
    void aRepairThatIsDueNeedsNoMemoryBesideWhatIsThere() {
        SchedulerBench tight =
                new SchedulerBench(MODEL, CONFIG, new CacheReservation(List.of(List.of(11), List.of(64, 64))));
        EventRecord record = tight.submit(after(distinct("r", 140, 36), 5));
        tight.runToEnd();
        assertThat(record.repairedAt(0)).isEqualTo(5);
        record.check(reference);
    }

    @Test
    void aRepairedAnswerThatIsPreemptedIsComputedExactly() {
        SchedulerBench tight = new SchedulerBench(MODEL, CONFIG, 17);
        for (int i = 0; i < 5; i++) {
            tight.submit(after(distinct("r" + i, 40, 60), 2 + i));
        }
        tight.runToEnd();
        assertThat(tight.observer.preemptions).isPositive();
        assertThat(tight.observer.repairs).isEqualTo(5);
        tight.records.forEach(record -> record.check(reference));
    }

    @Test
    void eachChoiceIsRepairedByItself() {
        EventRecord record = bench.submit(slack("r", 60, 100)
                .withChoices(3)
                .withSampling(distinct("r", 1, 1).sampling().withTemperature(1f)));
        bench.runToEnd();
        record.check(reference);
        assertThat(bench.observer.repairs).isEqualTo(3);
        assertThat(bench.observer.repairTokens)
                .as("what the first repair left in the prefix cache is found by the others")
                .isLessThan(2 * 60);
        assertPoolsEmpty(bench);
    }

    @Test
    void aStepThatFailedEndsItsAnswersAndLeavesNothingBehind() {
        for (int step = 3; step < 20; step++) {
            SchedulerBench failing = new SchedulerBench(MODEL.withFailingSteps(Set.of(step)), CONFIG, 64);
            failing.submit(slack("r", 80, 60));
            failing.runToEnd();
            assertPoolsEmpty(failing);
            EventRecord again = failing.submit(slack("r", 80, 60));
            failing.runToEnd();
            again.check(reference);
        }
    }

    @Test
    void whatARepairComputesAgainIsNoPromptAndCountsAsRepair() {
        for (int tokens : new int[] {1, 5, 30}) {
            SchedulerBench single = new SchedulerBench(MODEL, CONFIG, 64);
            EventRecord record = single.submit(after(distinct("r", 90, 60), tokens));
            single.runToEnd();
            assertThat(record.repairedAt(0)).isEqualTo(tokens);
            assertThat(single.observer.repairTokens)
                    .as("prompt and answer, but for the token drawn last, which has no K and V yet")
                    .isEqualTo(90 + tokens - 1);
            assertThat(single.observer.promptTokensComputed)
                    .as("the prompt's last token")
                    .isEqualTo(1);
        }
    }
}
