package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static dev.foretoken.scheduler.SchedulerBench.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.scheduler.SchedulerBench.Row;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.prefill.PrefillChoice;
import dev.foretoken.scheduler.prefill.PrefillChoice.Reason;
import dev.foretoken.scheduler.prefill.PrefillChooser;
import dev.foretoken.scheduler.prefill.PrefillLoad;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import dev.foretoken.scheduler.prefill.RepairBudget;
import dev.foretoken.scheduler.prefill.StepTimes;
import dev.foretoken.scheduler.prefill.WaitingPrompt;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Prompts whose K and V an auxiliary fills in. */
class PredictionTest {

    private static final CacheSpec AUXILIARY =
            new CacheSpec(List.of(new CacheKind.PagedKv(1, 8, 8), new CacheKind.WindowedKv(1, 8, 8, 20)), 8, 1);
    static final FakeModel MODEL = FakeModel.ofContext(100, 256).withAuxiliaryPart(AUXILIARY);
    static final SchedulerConfig CONFIG = new SchedulerConfig(8, 64, 32, 100, true, 3);

    private final FakeReference reference = new FakeReference(MODEL.shape());
    private final SchedulerBench bench = new SchedulerBench(MODEL, CONFIG, 64);

    static GenerationRequest predicted(GenerationRequest request, Repair repair) {
        PrefillOptions prefill = new PrefillOptions(PrefillMode.PREDICTED, repair);
        return request.withOptions(
                new ModelOptions(prefill, Optional.empty(), request.options().adapter()));
    }

    static GenerationRequest predicted(GenerationRequest request) {
        return predicted(request, Repair.NEVER);
    }

    static void assertPoolsEmpty(SchedulerBench bench) {
        for (int pool = 0; pool < bench.scheduler.pools().size(); pool++) {
            assertThat(bench.scheduler.pools().get(pool).pool().referenced()).isZero();
        }
    }

    @Test
    void theBaseSeesExactlyOnePromptTokenBeforeTheFirstOutputToken() {
        for (int length : new int[] {2, 3, 8, 9, 15, 16, 17, 33, 64, 65, 66, 200}) {
            SchedulerBench single = new SchedulerBench(MODEL, CONFIG, 64);
            EventRecord record = single.submit(predicted(distinct("r", length, 6)));
            List<Row> base = new ArrayList<>();
            int filled = 0;
            while (record.tokens(0).isEmpty()) {
                for (Row row : single.step()) {
                    if (row.part() == 0) {
                        base.add(row);
                    } else {
                        assertThat(single.kinds).containsOnly(RowKind.PREDICT);
                        assertThat(row.first()).isEqualTo(filled);
                        filled += row.count();
                    }
                }
            }
            assertThat(base).containsExactly(new Row("r", 0, length - 1, 1, 0, 0));
            assertThat(filled).isEqualTo(length - 1);
            assertThat(single.scheduler.pools().get(1).pool().referenced())
                    .as("the auxiliary's blocks are back")
                    .isZero();
            single.runToEnd();
            record.check(reference);
            assertThat(record.prefilled(0)).isEqualTo(FakeReference.Prefilled.predictedFrom(0));
            assertThat(record.tokens(0)).isNotEqualTo(reference.tokens(record.request, 0));
            assertPoolsEmpty(single);
        }
    }

    @Test
    void aPromptOfOneTokenAndOneThatIsNotAnsweredAreComputed() {
        EventRecord one = bench.submit(predicted(distinct("one", 1, 5)));
        EventRecord silent = bench.submit(predicted(distinct("silent", 40, 0)));
        bench.runToEnd();
        for (EventRecord record : List.of(one, silent)) {
            assertThat(record.prefilled(0)).isEqualTo(FakeReference.Prefilled.EXACT);
            record.check(reference);
        }
        assertThat(bench.observer.predictedSequences).isZero();
    }

    @Test
    void predictedBlocksAreNeverFoundAgainAndExactOnesAreUsed() {
        bench.submit(predicted(request("predicted", 100, 30)));
        bench.runToEnd();
        EventRecord exact = bench.submit(request("exact", 48, 4));
        bench.runToEnd();
        assertThat(bench.observer.hitTokens).isZero();
        exact.check(reference);
        EventRecord behind = bench.submit(predicted(request("behind", 100, 30)));
        List<RowKind> kinds = new ArrayList<>();
        while (!bench.scheduler.isIdle()) {
            bench.step();
            kinds.addAll(bench.kinds);
        }
        assertThat(behind.of(0).getFirst()).isEqualTo(new EngineEvent.Started(0, 100, 48, PrefillMode.PREDICTED));
        assertThat(kinds.subList(0, 3)).containsExactly(RowKind.COMPUTE, RowKind.PREDICT, RowKind.COMPUTE);
        behind.check(reference);
    }

    @Test
    void whatIsWhollyCachedIsNotPredicted() {
        bench.submit(request("exact", 49, 4));
        bench.runToEnd();
        EventRecord again = bench.submit(predicted(request("again", 49, 4)));
        bench.runToEnd();
        assertThat(again.prefilled(0)).isEqualTo(FakeReference.Prefilled.EXACT);
        again.check(reference);
    }

    @Test
    void predictedAndExactPromptsTogetherAnswerAsAlone() {
        for (int i = 0; i < 8; i++) {
            GenerationRequest request = distinct("r" + i, 5 + 29 * i, 20).withOutput(new OutputOptions(1, -1, false));
            bench.submit(i % 2 == 0 ? request : predicted(request));
            bench.step();
        }
        bench.runToEnd();
        bench.records.forEach(record -> record.check(reference));
        assertThat(bench.observer.predictedSequences).isEqualTo(4);
    }

    @Test
    void answersMoveInEverySecondStepWhileALongPromptIsPredicted() {
        EventRecord answer = bench.submit(distinct("answer", 4, 100));
        bench.step();
        bench.submit(predicted(distinct("long", 200, 1)));
        int filled = 0;
        for (int i = 0; i < 12; i++) {
            int before = answer.tokens(0).size();
            List<Row> rows = bench.step();
            boolean auxiliary = rows.getFirst().part() == 1;
            filled += auxiliary ? 1 : 0;
            assertThat(rows.getFirst().count()).isLessThanOrEqualTo(32);
            assertThat(answer.tokens(0)).hasSize(before + (auxiliary ? 0 : 1));
        }
        assertThat(filled).isBetween(5, 7);
    }

    @Test
    void aShortPromptIsNotStuckBehindALongOneInTheAuxiliary() {
        bench.submit(predicted(distinct("long", 250, 1)));
        EventRecord brief = bench.submit(predicted(distinct("brief", 6, 1)));
        for (int i = 0; i < 3; i++) {
            bench.step();
        }
        assertThat(brief.last(0)).isInstanceOf(EngineEvent.Finished.class);
    }

    @Test
    void choicesShareAPredictedPrompt() {
        EventRecord record = bench.submit(predicted(request("r", 100, 25))
                .withChoices(4)
                .withSampling(request("r", 1, 1).sampling().withTemperature(1f)));
        bench.runToEnd();
        assertThat(bench.observer.predictedTokens).isEqualTo(99);
        assertThat(bench.observer.promptTokensComputed).isEqualTo(4);
        record.check(reference);
        assertThat(record.tokens(0)).isNotEqualTo(record.tokens(1));
        assertPoolsEmpty(bench);
    }

    @Test
    void aPreemptedAnswerIsPredictedAgainAndStaysTheSame() {
        SchedulerBench tight = new SchedulerBench(MODEL, CONFIG, 16);
        for (int i = 0; i < 6; i++) {
            tight.submit(predicted(distinct("r" + i, 40, 60)));
        }
        tight.runToEnd();
        assertThat(tight.observer.preemptions).isPositive();
        assertThat(tight.observer.predictedTokens).isGreaterThan(6 * 39);
        tight.records.forEach(record -> record.check(reference));
    }

    @Test
    void promptsAtTheHeadTakeTheAuxiliarysBlocksFromThoseBehind() {
        CacheReservation few = new CacheReservation(List.of(List.of(64), List.of(32, 12)));
        SchedulerBench tight = new SchedulerBench(MODEL, CONFIG, few, new PromptLookup(), PrefillPolicy.UNMEASURED);
        for (int i = 0; i < 4; i++) {
            tight.submit(predicted(distinct("r" + i, 120 + 40 * i, 8)));
        }
        tight.runToEnd();
        tight.records.forEach(record -> record.check(reference));
        assertPoolsEmpty(tight);
    }

    @Test
    void everythingComesBackWhereverAnAnswerIsCutShort() {
        for (int steps = 0; steps < 20; steps++) {
            for (boolean late : new boolean[] {false, true}) {
                SchedulerBench cut = new SchedulerBench(MODEL, CONFIG, 64);
                Duration timeout = Duration.ofNanos(late ? steps + 1 : 1000);
                cut.submit(predicted(distinct("r", 120, 60), Repair.SLACK)
                        .withChoices(2)
                        .withService(ServiceLevel.DEFAULT.withTimeout(timeout)));
                for (int i = 0; i < steps; i++) {
                    cut.step();
                }
                if (late) {
                    cut.step();
                } else {
                    cut.scheduler.cancel(cut.groups.getFirst(), 0, cut.now);
                    cut.scheduler.cancel(cut.groups.getFirst(), 1, cut.now);
                }
                cut.runToEnd();
                cut.records.forEach(record -> record.check(reference));
                assertPoolsEmpty(cut);
            }
        }
    }

    @Test
    void aFailedStepOfTheAuxiliaryFailsItsRowsAndNobodyElse() {
        SchedulerBench failing = new SchedulerBench(MODEL.withFailingSteps(Set.of(2)), CONFIG, 64);
        failing.submit(distinct("exact", 4, 20));
        failing.step();
        EventRecord predicted = failing.submit(predicted(distinct("predicted", 100, 5)));
        failing.runToEnd();
        assertThat(predicted.last(0))
                .isInstanceOfSatisfying(
                        EngineEvent.Failed.class,
                        last -> assertThat(last.code()).isEqualTo(ErrorCode.RUNTIME_FAILED));
        failing.records.getFirst().check(reference);
        assertPoolsEmpty(failing);
    }

    @Test
    void refusesWhatCannotBePredictedAndSaysWhy() {
        SchedulerBench without = new SchedulerBench(FakeModel.ofContext(100, 256), CONFIG, 64);
        GenerationRequest plain = predicted(request("r", 40, 4));
        assertRefused(without, plain, "does not offer predicted prefill");
        assertRefused(bench, plain.withOutput(new OutputOptions(-1, 1, false)), "prompt_logprobs of a predicted");
        assertRefused(
                bench, predicted(plain.withOptions(ModelOptions.DEFAULT.withAdapter(Optional.of("a")))), "adapter");
        Prompt vectors =
                new Prompt(plain.prompt().tokens(), List.of(new EmbeddingSpan(0, 2, MemorySegment.NULL, new byte[16])));
        assertRefused(
                bench,
                new GenerationRequest(
                        plain.identity(),
                        "m",
                        vectors,
                        1,
                        plain.sampling(),
                        plain.stop(),
                        plain.output(),
                        plain.service(),
                        plain.options()),
                "embeddings in a predicted");
    }

    private static void assertRefused(SchedulerBench bench, GenerationRequest request, String reason) {
        assertThatThrownBy(() -> bench.submit(request))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FEATURE))
                .hasMessageContaining(reason);
    }

    @Test
    void whoChoosesIsToldWhatIsCachedAndWhatRunsAndWaits() {
        List<String> asked = new ArrayList<>();
        PrefillPolicy policy = new PrefillPolicy(
                (prompt, load) -> {
                    asked.add(prompt.tokens() + "-" + prompt.cachedTokens() + " waited " + prompt.waitedNanos() + " "
                            + load);
                    return new PrefillChoice(asked.size() % 2 == 1 ? Reason.ONLY_IN_TIME : Reason.IN_TIME, 0, 0);
                },
                RepairBudget.ofTokens(8),
                StepTimes.IGNORED);
        SchedulerBench auto = new SchedulerBench(MODEL, CONFIG, 64, policy);
        auto.submit(request("cached", 33, 1));
        auto.runToEnd();
        auto.submit(distinct("running", 4, 50));
        auto.step();
        PrefillOptions open = new PrefillOptions(PrefillMode.AUTO, Repair.NEVER);
        ModelOptions options = new ModelOptions(open, Optional.empty(), Optional.empty());
        auto.now += 7;
        auto.submit(request("first", 100, 4).withOptions(options));
        auto.submit(distinct("second", 80, 4).withOptions(options));
        auto.submit(distinct("lower", 70, 4).withService(ServiceLevel.DEFAULT.withPriority(Priority.BATCH)));
        auto.runToEnd();
        assertThat(asked)
                .containsExactly(
                        "100-32 waited 1 PrefillLoad[generating=1, generatingContext=5, exactTokens=0,"
                                + " auxiliaryTokens=0, waiting=1]",
                        "80-0 waited 1 PrefillLoad[generating=1, generatingContext=5, exactTokens=0,"
                                + " auxiliaryTokens=99, waiting=0]");
        auto.records.forEach(record -> record.check(reference));
        assertThat(auto.observer.predictedSequences).isEqualTo(1);
    }

    @Test
    void aChoiceIsToldOnceHoweverOftenThePromptHadToWaitForMemory() {
        List<Reason> asked = new ArrayList<>();
        List<Reason> told = new ArrayList<>();
        PrefillChooser chooser = new PrefillChooser() {
            @Override
            public PrefillChoice choose(WaitingPrompt prompt, PrefillLoad load) {
                asked.add(asked.size() < 3 ? Reason.IN_TIME : Reason.ONLY_IN_TIME);
                return new PrefillChoice(asked.getLast(), 0, 0);
            }

            @Override
            public void chosen(PrefillChoice choice) {
                told.add(choice.reason());
            }
        };
        CacheReservation few = new CacheReservation(List.of(List.of(9), List.of(64, 64)));
        PrefillPolicy policy = new PrefillPolicy(chooser, RepairBudget.ofTokens(8), StepTimes.IGNORED);
        SchedulerBench tight = new SchedulerBench(MODEL, CONFIG, few, new PromptLookup(), policy);
        tight.submit(distinct("running", 64, 20));
        tight.step();
        PrefillOptions open = new PrefillOptions(PrefillMode.AUTO, Repair.NEVER);
        EventRecord waiting = tight.submit(request("waiting", 80, 4)
                .withChoices(2)
                .withOptions(new ModelOptions(open, Optional.empty(), Optional.empty())));
        tight.runToEnd();
        assertThat(asked).hasSizeGreaterThan(3);
        assertThat(told).containsExactly(Reason.ONLY_IN_TIME);
        waiting.check(reference);
    }
}
