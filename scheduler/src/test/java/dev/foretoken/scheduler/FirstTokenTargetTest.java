package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.scheduler.prefill.PromptCosts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps of 1,000 ns and 10 ns for each prompt token. */
class FirstTokenTargetTest {

    private static final PromptCosts COSTS = (generating, context) -> new PrefillCost(10, 0, 1000, 64);
    private static final int PROMPT = 150;
    private static final int TOKENS = 1000;
    private static final int MANY = 1000;

    private final SchedulerBench bench =
            new SchedulerBench(FakeModel.ofContext(100, 512), new SchedulerConfig(8, 64, 32, 100, true, 3), 400);
    private final SchedulerState state = bench.scheduler.state();
    private final FirstTokenTarget target = new FirstTokenTarget(state, COSTS);

    @BeforeEach
    void knowsWhatStepsCost() {
        target.open(true, true);
    }

    /** Waits since {@code nanos}. */
    private Sequence prompt(String id, long nanos) {
        bench.now = nanos;
        bench.submit(distinct(id, PROMPT, 2));
        return bench.groups.getLast().sequence(0);
    }

    private void learn(Sequence sequence, int tokens, int times) {
        for (int i = 0; i < times; i++) {
            target.learn(sequence, tokens, false);
        }
    }

    @Test
    void knowsNothingWhereNothingIsAskedOrMeasured() {
        target.open(false, true);
        assertThat(target.isKnown()).isFalse();
        assertThat(target.stepTokens(TOKENS)).isEqualTo(TOKENS);
        FirstTokenTarget unmeasured = new FirstTokenTarget(state, PromptCosts.UNMEASURED);
        unmeasured.open(true, false);
        assertThat(unmeasured.isKnown()).isFalse();
        assertThat(unmeasured.endsSteps()).isFalse();
    }

    @Test
    void shortensStepsAsFarAsThatCostsLittle() {
        double work = 1 - 1000.0 / (1000 + 10 * TOKENS);
        int shorter = target.stepTokens(TOKENS);
        double kept = 1 - 1000.0 / (1000 + 10 * shorter);
        assertThat(shorter).isLessThan(TOKENS * 3 / 4);
        assertThat(kept / work).isBetween(0.965 - 1e-3, 0.965 + 1e-3);
    }

    @Test
    void stepsAreNoShorterThanThePromptThatWaits() {
        learn(prompt("q", 0), PROMPT, 1);
        assertThat(target.stepTokens(PROMPT)).isEqualTo(PROMPT);
        assertThat(target.stepTokens(PROMPT + 10)).isEqualTo(PROMPT);
    }

    @Test
    void stepsHoldTheLeastSpanThoughShorterOnesCostNothing() {
        FirstTokenTarget free = new FirstTokenTarget(state, (generating, context) -> new PrefillCost(10, 0, 1, 64));
        free.open(true, true);
        assertThat(free.stepTokens(TOKENS)).isEqualTo(state.limits.leastSpan());
        assertThat(free.stepTokens(8)).isEqualTo(8);
    }

    @Test
    void othersHaveTheTokensThatTheTargetLeaves() {
        Sequence first = prompt("q", 0);
        assertThat(target.room(first, PROMPT, false, TOKENS)).isZero();
        learn(first, PROMPT + 100, MANY);
        assertThat(target.room(first, PROMPT, false, TOKENS)).isBetween(90, 110);
        state.now = 500;
        assertThat(target.room(first, PROMPT, false, TOKENS)).isBetween(40, 60);
        state.now = 2000;
        assertThat(target.room(first, PROMPT, false, TOKENS)).isZero();
    }

    @Test
    void isMissedBySeveralPromptsTogether() {
        Sequence first = prompt("q1", 0);
        learn(first, PROMPT + 20, MANY);
        assertThat(target.isMissedBy(first)).isFalse();
        prompt("q2", 0);
        assertThat(target.isMissedBy(first)).isTrue();
    }

    @Test
    void aPromptThatCameMuchLaterIsForTheNextStep() {
        Sequence first = prompt("q1", 0);
        Sequence soon = prompt("q2", 999);
        Sequence late = prompt("q3", 1000);
        state.now = 1000;
        assertThat(target.isForNextStep(soon, first, PROMPT, false)).isFalse();
        assertThat(target.isForNextStep(late, first, PROMPT, false)).isTrue();
        learn(first, 2 * PROMPT + 20, MANY);
        assertThat(target.isForNextStep(late, first, PROMPT, false)).isFalse();
    }

    /** One in fifty is slow: the target is what the others keep. */
    @Test
    void fewSlowPromptsDoNotRaiseIt() {
        Sequence first = prompt("q", 0);
        for (int i = 0; i < MANY; i++) {
            learn(first, PROMPT, 49);
            learn(first, 3 * PROMPT, 1);
        }
        assertThat(target.room(first, PROMPT, false, TOKENS)).isLessThan(PROMPT / 2);
        for (int i = 0; i < MANY; i++) {
            learn(first, PROMPT, 9);
            learn(first, 3 * PROMPT, 1);
        }
        assertThat(target.room(first, PROMPT, false, TOKENS)).isGreaterThan(2 * PROMPT - PROMPT / 2);
    }

    /** Steps in which nobody waits hold what they do, those with a prompt that came at the beginning of one, hardly more than that. */
    @Test
    void whereNothingGeneratesStepsEndInTimeForWhoWaits() {
        assertThat(target.endsSteps()).isFalse();
        Sequence first = prompt("q", 0);
        learn(first, PROMPT, 1);
        target.open(true, false);
        assertThat(target.endsSteps()).isTrue();
        int tokens = target.stepTokens(TOKENS);
        int step = 1000 + 10 * tokens;
        state.now = step;
        int late = target.room(first, PROMPT, false, TOKENS);
        assertThat(late).isBetween(PROMPT / 2, tokens - PROMPT);
        state.now = step - 500;
        assertThat(target.room(first, PROMPT, false, TOKENS)).isEqualTo(late + 50);
        state.now = 0;
        assertThat(target.room(first, PROMPT, false, TOKENS))
                .as("more than a step holds in which nobody waits")
                .isGreaterThan(tokens);
    }

    @Test
    void stepsThatEndedEarlyMakeTheOthersLonger() {
        target.open(true, false);
        int before = target.stepTokens(TOKENS);
        target.end(PROMPT, true);
        target.open(true, false);
        int after = target.stepTokens(TOKENS);
        assertThat(after).isGreaterThan(before);
        target.end(TOKENS, true);
        target.open(true, false);
        assertThat(target.stepTokens(TOKENS)).isLessThan(after);
    }

    /** What is found in the prefix cache is no part of what a prompt takes alone. */
    @Test
    void promptsCountByWhatIsComputedOfThem() {
        Sequence first = prompt("q", 0);
        first.group.cachedTokens(PROMPT - 10);
        learn(first, 10, 1);
        target.open(true, false);
        assertThat(target.stepTokens(PROMPT)).isLessThan(PROMPT);
        state.now = 1100;
        int found = target.room(first, 10, false, TOKENS);
        first.group.cachedTokens(0);
        assertThat(target.room(first, 10, false, TOKENS)).isGreaterThan(found + PROMPT / 2);
    }

    @Test
    void whereNothingGeneratesOneThatWouldBeLateItselfDoesNotWait() {
        Sequence first = prompt("q1", 0);
        Sequence late = prompt("q2", 5500);
        learn(first, PROMPT, 1);
        target.open(true, false);
        target.stepTokens(PROMPT);
        state.now = 6000;
        assertThat(target.isForNextStep(late, first, PROMPT, false)).isTrue();
        state.now = 60_000;
        assertThat(target.isForNextStep(late, first, PROMPT, false)).isFalse();
    }

    @Test
    void onlyStepsThatWereCutMakeTheOthersLonger() {
        target.open(true, false);
        int before = target.stepTokens(TOKENS);
        target.end(PROMPT, false);
        target.end(0, true);
        target.open(true, false);
        assertThat(target.stepTokens(TOKENS)).isEqualTo(before);
    }

    /** What was kept beside answers is kept. */
    @Test
    void whereNothingGeneratesNothingIsLearnedOfAnswers() {
        Sequence first = prompt("q", 0);
        learn(first, PROMPT + 100, MANY);
        int before = target.room(first, PROMPT, false, TOKENS);
        target.open(true, false);
        target.stepTokens(TOKENS);
        learn(first, 3 * PROMPT, MANY);
        target.open(true, true);
        assertThat(target.room(first, PROMPT, false, TOKENS)).isEqualTo(before);
    }
}
