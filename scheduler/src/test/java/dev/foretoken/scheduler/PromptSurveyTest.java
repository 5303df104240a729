package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.scheduler.prefill.MeasuredPrefill;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import dev.foretoken.scheduler.prefill.StepCosts;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Steps of at most 64 tokens, 32 beside those who generate, 4 sequences at a time. */
class PromptSurveyTest {

    private static final FakeModel MODEL = FakeModel.ofContext(100, 512);
    private static final SchedulerConfig CONFIG = new SchedulerConfig(4, 64, 32, 100, true, 3);
    private static final CostTable.Line LINE = new CostTable.Line(1e6, 2e4, 0, 10);

    private final PrefillPolicy measuring = MeasuredPrefill.observing(MODEL.shape(), 64, 32);
    private final SchedulerBench bench = new SchedulerBench(MODEL, CONFIG, 256, measuring);

    @Test
    void nothingIsToBeDoneAtFirst() {
        assertThat(bench.scheduler.work()).isEqualTo(PromptWork.NONE);
        assertThat(bench.scheduler.cost()).isEqualTo(PrefillCost.NONE);
    }

    @Test
    void countsWhoWaitsAndTheRestOfWhatRuns() {
        bench.submit(distinct("running", 200, 8));
        bench.step();
        bench.submit(distinct("queued", 50, 8));
        PromptWork work = bench.scheduler.work();
        assertThat(work.runningTokens()).isEqualTo(200 - 64);
        assertThat(work.queuedTokens()).isEqualTo(50);
        assertThat(work.attendedPairs()).isEqualTo(StepCosts.attended(64, 136) + StepCosts.attended(0, 50));
    }

    @Test
    void whatIsHeldOfAPromptThatWaitsIsNotToBeDone() {
        bench.submit(distinct("same", 50, 1));
        bench.runToEnd();
        bench.submit(distinct("same", 50, 1));
        bench.submit(distinct("other", 50, 1));
        PromptWork work = bench.scheduler.work();
        assertThat(work.queuedTokens()).isEqualTo(50 - 48 + 50);
        assertThat(work.attendedPairs()).isEqualTo(StepCosts.attended(48, 2) + StepCosts.attended(0, 50));
    }

    /** 200 prompts of 30 blocks are more than a survey looks for. */
    @Test
    void ofMoreThanCanBeLookedForTheSameShareIsTakenToBeHeld() {
        bench.submit(distinct("same", 481, 1));
        bench.runToEnd();
        for (int i = 0; i < 200; i++) {
            bench.submit(distinct("same", 481, 1));
        }
        assertThat(bench.scheduler.work().queuedTokens()).isEqualTo(200);
    }

    @Test
    void whoGeneratesHasNoPromptLeft() {
        bench.submit(distinct("answer", 20, 8));
        bench.step();
        assertThat(bench.scheduler.work()).isEqualTo(PromptWork.NONE);
        bench.runToEnd();
        assertThat(bench.scheduler.work()).isEqualTo(PromptWork.NONE);
    }

    @Test
    void choicesThatShareAPromptComputeItOnce() {
        bench.submit(distinct("choices", 60, 8).withChoices(4));
        assertThat(bench.scheduler.work().queuedTokens()).isEqualTo(60);
    }

    @Test
    void costsAreThoseOfTheStepsThatWere() {
        learn();
        PrefillCost idle = bench.scheduler.cost();
        Percentage near = Percentage.withPercentage(5);
        assertThat(idle.nanosPerToken()).isCloseTo(LINE.perToken(), near);
        assertThat(idle.nanosPerStep()).isCloseTo(LINE.fixed(), near);
        assertThat(idle.tokensPerStep()).isEqualTo(64);
    }

    @Test
    void whoGeneratesMakesStepsDearerAndLeavesThemLessRoom() {
        learn();
        PrefillCost idle = bench.scheduler.cost();
        bench.submit(distinct("answer", 20, 8));
        bench.step();
        PrefillCost busy = bench.scheduler.cost();
        assertThat(busy.nanosPerStep())
                .isCloseTo(
                        idle.nanosPerStep() + idle.nanosPerToken() + 21 * idle.nanosPerPair(),
                        Percentage.withPercentage(1));
        assertThat(busy.tokensPerStep()).isEqualTo(32);
    }

    /** Steps of many sizes on a machine whose costs are a straight line. */
    private void learn() {
        SchedulerBench busy = new SchedulerBench(MODEL, CONFIG, 256);
        for (int i = 0; i < 60; i++) {
            busy.submit(distinct("r" + i, 1 + i * 7 % 190, 5));
            PlannedStep step = busy.scheduler.plan(++busy.now);
            assertThat(step).isNotNull();
            step.commands().forEach(busy.runtime::apply);
            measuring.times().observe(step.plan(), (long) LINE.nanos(step.plan()));
            busy.scheduler.commit(step, busy.runtime.execute(step.plan()), busy.now);
        }
    }
}
