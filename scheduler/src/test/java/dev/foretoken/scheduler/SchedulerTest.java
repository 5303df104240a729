package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static dev.foretoken.scheduler.SchedulerBench.of;
import static dev.foretoken.scheduler.SchedulerBench.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    private static final FakeModel MODEL = FakeModel.ofContext(100, 256);
    private static final SchedulerConfig CONFIG = new SchedulerConfig(8, 64, 32, 100, true, 3);

    private final FakeReference reference = new FakeReference(MODEL.shape());
    private final SchedulerBench bench = new SchedulerBench(MODEL, CONFIG, 64);

    private static SchedulerBench tight(int blocks) {
        return new SchedulerBench(MODEL, CONFIG, blocks);
    }

    @Test
    void aRunningAnswerMovesInEveryStepWhileALongPromptIsComputedInChunks() {
        bench.submit(distinct("answer", 4, 100));
        bench.step();
        bench.submit(distinct("long", 200, 1));
        for (int i = 0; i < 6; i++) {
            List<SchedulerBench.Row> rows = bench.step();
            assertThat(rows.getFirst().request()).isEqualTo("answer");
            assertThat(rows.getFirst().count()).isEqualTo(1);
            assertThat(rows.get(1).count()).isLessThanOrEqualTo(32);
        }
    }

    @Test
    void aShortPromptIsNotStuckBehindALongOne() {
        bench.submit(distinct("long", 250, 1));
        EventRecord brief = bench.submit(distinct("brief", 6, 1));
        bench.step();
        assertThat(brief.last(0)).isInstanceOf(EngineEvent.Finished.class);
    }

    @Test
    void preemptsTheYoungestSequenceWhenBlocksRunOutAndAnswersAllTheSame() {
        SchedulerBench tight = tight(16);
        for (int i = 0; i < 6; i++) {
            tight.submit(distinct("r" + i, 40, 60));
        }
        tight.runToEnd();
        assertThat(tight.observer.preemptions).isPositive();
        tight.records.forEach(record -> record.check(reference));
    }

    @Test
    void refusesWhatNeverFitsAndWhatIsLongerThanTheContext() {
        SchedulerBench tight = tight(4);
        assertThatThrownBy(() -> tight.submit(request("r", 30, 100)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY));
        assertThatThrownBy(() -> bench.submit(request("r", 256, 1)))
                .isInstanceOfSatisfying(
                        ForetokenException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED))
                .hasMessageContaining("256 tokens");
        assertThatThrownBy(() -> bench.submit(GenerationRequest.greedy("r", "m", Prompt.of(1, 100), 1)))
                .hasMessageContaining("token id 100 is outside the vocabulary [0, 100)");
    }

    @Test
    void endsAtTheContextWhenTheLimitIsBehindIt() {
        EventRecord record = bench.submit(request("r", 250, 100));
        bench.runToEnd();
        assertThat(record.tokens(0)).hasSize(6);
    }

    @Test
    void anEqualPromptIsFoundInThePrefixCacheUpToItsLastToken() {
        bench.submit(request("first", 48, 4));
        bench.runToEnd();
        EventRecord second = bench.submit(request("second", 48, 4));
        bench.runToEnd();
        assertThat(second.of(0).getFirst()).isEqualTo(new EngineEvent.Started(0, 48, 32));
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.HIT);
        second.check(reference);
    }

    @Test
    void anotherTenantDoesNotProfitFromThePrefixCache() {
        bench.submit(of(request("first", 48, 4), "a", Priority.NORMAL));
        bench.runToEnd();
        bench.submit(of(request("second", 48, 4), "b", Priority.NORMAL));
        bench.runToEnd();
        assertThat(bench.observer.hitTokens).isZero();
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.MISS);
    }

    @Test
    void thePromptOfSeveralChoicesIsComputedOnce() {
        EventRecord record = bench.submit(request("r", 100, 5)
                .withChoices(4)
                .withSampling(request("r", 1, 1).sampling().withTemperature(1f)));
        bench.runToEnd();
        assertThat(bench.observer.promptTokensComputed).isEqualTo(100 + 3);
        record.check(reference);
        assertThat(record.tokens(0)).isNotEqualTo(record.tokens(1));
    }

    @Test
    void aSiblingTakesOverWhenTheLeaderIsCancelledInItsPrompt() {
        EventRecord record = bench.submit(request("r", 200, 3).withChoices(2));
        bench.step();
        bench.scheduler.cancel(bench.groups.getFirst(), 0, bench.now);
        bench.runToEnd();
        assertThat(record.tokens(0)).isEmpty();
        assertThat(record.tokens(1)).isEqualTo(reference.tokens(record.request, 1));
    }

    @Test
    void aHigherClassTakesMemoryFromALowerOne() {
        SchedulerBench tight = tight(18);
        EventRecord low = tight.submit(of(distinct("low", 100, 100), "t", Priority.LOW));
        tight.step();
        EventRecord high = tight.submit(of(distinct("high", 100, 100), "t", Priority.HIGH));
        tight.runToEnd();
        assertThat(tight.observer.preemptions).isEqualTo(1);
        low.check(reference);
        high.check(reference);
    }

    @Test
    void theTenantThatWasServedLeastGoesNext() {
        SchedulerBench single = new SchedulerBench(MODEL, new SchedulerConfig(1, 64, 32, 100, true, 3), 64);
        for (int i = 0; i < 3; i++) {
            single.submit(of(distinct("greedy" + i, 40, 20), "greedy", Priority.NORMAL));
        }
        single.submit(of(distinct("modest", 10, 5), "modest", Priority.NORMAL));
        single.step();
        while (single.step().getFirst().request().equals("greedy0")) {
            assertThat(single.scheduler.running()).isLessThanOrEqualTo(1);
        }
        assertThat(single.records.get(3).of(0)).isNotEmpty();
        assertThat(single.records.get(1).of(0)).isEmpty();
    }

    @Test
    void aPassedDeadlineFreesBlocksBeforeTheNextStepAndIsNeverALength() {
        EventRecord record =
                bench.submit(request("r", 40, 50).withService(ServiceLevel.DEFAULT.withTimeout(Duration.ofNanos(3))));
        bench.step();
        bench.step();
        bench.now = 10;
        assertThat(bench.step()).isEmpty();
        assertThat(record.last(0))
                .isInstanceOfSatisfying(
                        EngineEvent.Failed.class,
                        last -> assertThat(last.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
        assertThat(bench.scheduler.pools().get(0).pool().referenced()).isZero();
    }

    @Test
    void cancelFreesBlocksAtOnce() {
        EventRecord record = bench.submit(request("r", 40, 50));
        bench.step();
        bench.scheduler.cancel(bench.groups.getFirst(), 0, bench.now);
        assertThat(bench.scheduler.pools().get(0).pool().referenced()).isZero();
        assertThat(record.last(0))
                .isInstanceOfSatisfying(
                        EngineEvent.Finished.class,
                        last -> assertThat(last.reason()).isEqualTo(FinishReason.CANCELLED));
    }

    @Test
    void stopTokensEndAnAnswerButNotBeforeItsMinimumLength() {
        List<Integer> free = reference.tokens(request("r", 20, 30), 0);
        TokenIds stop = TokenIds.of(free.get(2));
        EventRecord early = bench.submit(request("early", 20, 30).withStop(new StopConditions(30, 0, stop)));
        EventRecord late = bench.submit(request("late", 20, 30).withStop(new StopConditions(30, 10, stop)));
        bench.runToEnd();
        assertThat(early.tokens(0)).isEqualTo(free.subList(0, free.indexOf(free.get(2)) + 1));
        assertThat(late.tokens(0).size()).isGreaterThan(10);
        late.check(reference);
    }

    @Test
    void scoresThePromptWithoutTheCacheAndWithoutDrawing() {
        bench.submit(request("first", 48, 4));
        bench.runToEnd();
        EventRecord scored = bench.submit(request("scored", 48, 0).withOutput(new OutputOptions(-1, 2, false)));
        bench.runToEnd();
        scored.check(reference);
        assertThat(scored.of(0)).hasSize(3);
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.PROMPT_SCORED);
        assertThat(bench.observer.hitTokens).isZero();
    }

    @Test
    void aFailedStepFailsItsRowsAndNobodyElse() {
        SchedulerBench failing =
                new SchedulerBench(MODEL.withFailingSteps(Set.of(1)), new SchedulerConfig(1, 64, 32, 100, true, 3), 64);
        EventRecord first = failing.submit(distinct("first", 20, 5));
        EventRecord second = failing.submit(distinct("second", 20, 5));
        failing.runToEnd();
        assertThat(first.last(0))
                .isInstanceOfSatisfying(
                        EngineEvent.Failed.class,
                        last -> assertThat(last.code()).isEqualTo(ErrorCode.RUNTIME_FAILED));
        second.check(reference);
    }

    @Test
    void aGeneratedAnswerIsFoundAgainAsThePrefixOfTheNextTurn() {
        EventRecord first = bench.submit(request("first", 20, 40));
        bench.runToEnd();
        int[] turn = new int[64];
        for (int i = 0; i < 20; i++) {
            turn[i] = first.request.prompt().tokens().get(i);
        }
        for (int i = 0; i < 40; i++) {
            turn[20 + i] = first.tokens(0).get(i);
        }
        EventRecord second = bench.submit(GenerationRequest.greedy("second", "m", Prompt.of(turn), 5));
        bench.runToEnd();
        assertThat(second.of(0).getFirst()).isEqualTo(new EngineEvent.Started(0, 64, 48));
        second.check(reference);
    }
}
