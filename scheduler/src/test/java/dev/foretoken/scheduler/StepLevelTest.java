package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.prefill.PromptCosts;
import org.junit.jupiter.api.Test;

/** Steps of 60,000 ns, 2,000 ns for each answer and 1,000 ns for each prompt token; full ones hold 8 answers and 32 prompt tokens. */
class StepLevelTest {

    private static final double FIXED = 60_000;
    private static final double ROW = 2_000;
    private static final double TOKEN = 1_000;
    private static final double FULL = 8 * ROW + 32 * TOKEN;
    private static final int LEAST_SPAN = 16;
    private static final int MANY = 10_000;
    private static final PromptCosts COSTS =
            (generating, context) -> new PrefillCost(TOKEN, 0, FIXED + ROW * generating, 32);

    private final SchedulerBench bench =
            new SchedulerBench(FakeModel.ofContext(100, 512), new SchedulerConfig(8, 64, 32, 100, true, 3), 400);
    private final SchedulerState state = bench.scheduler.state();
    private final StepLevel level = new StepLevel(state, COSTS);

    private Sequence prompt(String id, Priority priority) {
        bench.submit(SchedulerBench.of(distinct(id, 200, 2), id, priority));
        return bench.groups.getLast().sequence(0);
    }

    /** So many steps as long as that, in each of which {@code sequence} gets {@code count} prompt tokens. */
    private void steps(double nanos, Sequence sequence, int count) {
        for (int i = 0; i < MANY; i++) {
            level.open(true);
            level.give(sequence, count);
            level.close();
            state.now += (long) nanos;
        }
        level.open(true);
    }

    /** Of a second, what steps that hold {@code work} each leave for it. */
    private static double done(double work) {
        return work / (FIXED + work);
    }

    @Test
    void knowsNothingWhereNothingIsAskedOrMeasured() {
        level.open(false);
        assertThat(level.isKnown()).isFalse();
        StepLevel unmeasured = new StepLevel(state, PromptCosts.UNMEASURED);
        unmeasured.open(true);
        assertThat(unmeasured.isKnown()).isFalse();
    }

    @Test
    void alwaysLetsPromptsGetOn() {
        StepLevel cheap =
                new StepLevel(state, (generating, context) -> new PrefillCost(TOKEN, 0, ROW * generating, 32));
        cheap.open(true);
        cheap.close();
        state.now += 50_000;
        cheap.open(true);
        assertThat(cheap.room(0)).isEqualTo(LEAST_SPAN * TOKEN);
    }

    @Test
    void letsPromptsGetOnThatHaveMuchToAttendTo() {
        Sequence batch = prompt("batch", Priority.BATCH);
        bench.step();
        StepLevel attending =
                new StepLevel(state, (generating, context) -> new PrefillCost(TOKEN, 10, ROW * generating, 32));
        attending.open(true);
        attending.close();
        state.now += 50_000;
        attending.open(true);
        assertThat(attending.price(batch)).isEqualTo(TOKEN + 10 * 64);
        assertThat(attending.room(0)).isEqualTo(LEAST_SPAN * attending.price(batch));
    }

    @Test
    void stepsAreJustLongEnoughForItsPartOfAnEngineThatNobodyElseUses() {
        steps(FIXED + FULL, prompt("batch", Priority.BATCH), 0);
        assertThat(done(level.room(0))).isCloseTo(StepLevel.PART * done(FULL), withinPercentage(0.1));
    }

    @Test
    void stepsAreLongerWhereOthersUseMuch() {
        double step = 100_000;
        int tokens = 10;
        steps(step, prompt("caller", Priority.NORMAL), tokens);
        double taken = tokens * TOKEN / step;
        double rest = done(FULL) - taken;
        assertThat(done(level.room(0))).isCloseTo(taken + StepLevel.PART * rest, withinPercentage(1));
    }

    @Test
    void stepsAreShorterWhereThoseOfOthersAreLong() {
        double step = 200_000;
        Sequence caller = prompt("caller", Priority.NORMAL);
        steps(step, caller, 18);
        double even = level.room(0);
        StepLevel other = new StepLevel(state, COSTS);
        for (int i = 0; i < MANY; i++) {
            other.open(true);
            other.give(caller, i % 2 * 36);
            other.close();
            state.now += (long) step;
        }
        other.open(true);
        double excess = (36 * TOKEN - other.room(0)) / 2;
        assertThat(even - other.room(0)).isCloseTo(excess, within(0.02 * excess));
    }

    @Test
    void whatOthersHaveToComputeComesOffIt() {
        level.open(true);
        assertThat(level.room(10)).isEqualTo(level.room(0) - 10 * TOKEN);
        assertThat(level.room(1000)).isZero();
    }

    @Test
    void fullStepsHoldAsManyPromptTokensAsItsOwnHad() {
        Sequence answer = prompt("answer", Priority.BATCH);
        while (!answer.isDecoding()) {
            bench.step();
        }
        Sequence batch = prompt("batch", Priority.BATCH);
        for (int i = 0; i < MANY; i++) {
            level.open(true);
            level.give(batch, 4);
            level.give(answer, 2);
            level.close();
            state.now += 50_000;
        }
        level.open(true);
        assertThat(done(level.room(0)))
                .isCloseTo(StepLevel.PART * done(8 * ROW + 8 * 2 * TOKEN), withinPercentage(0.1));
        assertThat(level.price(answer)).isEqualTo(ROW);
    }

    @Test
    void promptsAreCutOnlyWhereACrowdOfAnswersWaitsForThem() {
        StepLevel cheap =
                new StepLevel(state, (generating, context) -> new PrefillCost(TOKEN, 0, ROW * generating, 32));
        decoding("first", "second");
        cheap.open(true);
        assertThat(cheap.promptTokens(32)).isEqualTo(32);
        decoding("third");
        cheap.open(true);
        assertThat(cheap.promptTokens(32)).isEqualTo((int) (4 * 3 * ROW / TOKEN));
        assertThat(cheap.promptTokens(20)).isEqualTo(20);
        cheap.open(false);
        assertThat(cheap.promptTokens(32)).as("alone").isEqualTo(32);
    }

    @Test
    void piecesOfPromptsAreNoShorterThanPromptsGetAnyhow() {
        decoding("first", "second", "third");
        StepLevel cheaper = new StepLevel(state, (generating, context) -> new PrefillCost(TOKEN, 0, TOKEN, 32));
        cheaper.open(true);
        assertThat(cheaper.promptTokens(32)).isEqualTo(LEAST_SPAN);
        level.open(true);
        assertThat(level.promptTokens(32))
                .as("where steps by themselves are long")
                .isEqualTo(32);
    }

    private void decoding(String... ids) {
        for (String id : ids) {
            bench.submit(SchedulerBench.of(distinct(id, 1, 100), id, Priority.NORMAL));
        }
        while (state.running.size() < bench.groups.size()
                || !bench.groups.getLast().sequence(0).isDecoding()) {
            bench.step();
        }
    }
}
