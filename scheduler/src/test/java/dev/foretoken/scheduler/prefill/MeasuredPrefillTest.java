package dev.foretoken.scheduler.prefill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.scheduler.prefill.PrefillChoice.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** On a machine that reads the weights in 60 ms and computes a prompt token in 1.2 ms, with an auxiliary that takes a quarter. */
class MeasuredPrefillTest {

    private static final int STEP_TOKENS = 512;
    private static final int BESIDE_DECODE = 128;
    private static final double MILLIS = 1e6;
    private static final PrefillLoad IDLE = new PrefillLoad(0, 0, 0, 0, 0);
    private static final PrefillLoad BUSY = new PrefillLoad(10, 5000, 0, 0, 0);
    private static final PrefillLoad CROWDED = new PrefillLoad(10, 5000, 300, 300, 4);

    private final StepCosts costs = new StepCosts(FakeModel.ofContext(100, 4096).shape());
    private final List<PrefillChoice> told = new ArrayList<>();
    private final MeasuredPrefill measured = new MeasuredPrefill(costs, STEP_TOKENS, BESIDE_DECODE, told::add);

    private static double base(double tokens, double draws) {
        return (60 + 1.2 * tokens + 1.8 * draws) * MILLIS;
    }

    private static double auxiliary(double tokens) {
        return base(tokens, 0) / 4;
    }

    private void measureBase() {
        for (int i = 0; i < 10; i++) {
            costs.add(false, 1 + i, 1 + i, 500.0 * i, base(1 + i, 1 + i));
            costs.add(false, 100 + 40 * i, i, StepCosts.attended(0, 100 + 40 * i), base(100 + 40 * i, i));
        }
    }

    private void measure() {
        measureBase();
        for (int i = 0; i < 10; i++) {
            costs.add(true, 50 + 45 * i, 0, StepCosts.attended(0, 50 + 45 * i), auxiliary(50 + 45 * i));
        }
    }

    private static WaitingPrompt prompt(int tokens, int cached, double waited) {
        return new WaitingPrompt(tokens, cached, (long) waited, Optional.of(Duration.ofSeconds(1)));
    }

    private Reason choose(WaitingPrompt prompt, PrefillLoad load) {
        PrefillChoice choice = measured.choose(prompt, load);
        int before = told.size();
        measured.chosen(choice);
        assertThat(told).hasSize(before + 1).endsWith(choice);
        return choice.reason();
    }

    @Test
    void computesWhatNobodyIsInAHurryFor() {
        measure();
        assertThat(choose(new WaitingPrompt(2000, 0, 0, Optional.empty()), IDLE))
                .isEqualTo(Reason.NO_OBJECTIVE);
    }

    @Test
    void computesWhileNothingIsMeasured() {
        assertThat(choose(prompt(2000, 0, 0), IDLE)).isEqualTo(Reason.UNMEASURED);
        costs.add(false, 1, 1, 100, base(1, 1));
        assertThat(choose(prompt(2000, 0, 0), IDLE)).isEqualTo(Reason.UNMEASURED);
    }

    @Test
    void triesTheAuxiliaryBeforeItWasMeasuredAndIsNotPutOffByItsFirstSteps() {
        measureBase();
        assertThat(choose(prompt(1200, 0, 0), IDLE)).isEqualTo(Reason.ONLY_IN_TIME);
        costs.add(true, 512, 0, StepCosts.attended(0, 512), 100 * auxiliary(512));
        assertThat(choose(prompt(1200, 0, 0), IDLE)).isEqualTo(Reason.ONLY_IN_TIME);
    }

    @Test
    void computesWhatIsSoShortThatOneMoreStepCostsMoreThanItSaves() {
        measure();
        assertThat(choose(prompt(20, 0, 0), IDLE)).isEqualTo(Reason.NOT_FASTER);
    }

    @Test
    void computesWhatTheModelCanDoInTime() {
        measure();
        assertThat(choose(prompt(400, 0, 0), IDLE)).isEqualTo(Reason.IN_TIME);
    }

    @Test
    void predictsWhatComesInTimeInNoOtherWay() {
        measure();
        assertThat(choose(prompt(1500, 0, 0), IDLE)).isEqualTo(Reason.ONLY_IN_TIME);
        assertThat(choose(prompt(400, 0, 0.4e9), IDLE)).isEqualTo(Reason.ONLY_IN_TIME);
        assertThat(choose(prompt(500, 0, 0), BUSY)).isEqualTo(Reason.ONLY_IN_TIME);
    }

    @Test
    void computesWhatIsLeftOfAPromptThatIsMostlyCached() {
        measure();
        assertThat(choose(prompt(1500, 1450, 0), IDLE)).isEqualTo(Reason.NOT_FASTER);
    }

    @Test
    void predictsWhatTheModelCouldDoInTimeWhereThatWouldDelayOthers() {
        measure();
        PrefillLoad others = new PrefillLoad(0, 0, 0, 100, 2);
        assertThat(choose(prompt(400, 0, 0), others)).isEqualTo(Reason.OTHERS_WAIT);
    }

    @Test
    void takesWhatCostsLessForAPromptThatIsLateEitherWay() {
        measure();
        assertThat(choose(prompt(1500, 0, 5e9), CROWDED)).isEqualTo(Reason.LATE_CHEAPER);
        assertThat(choose(prompt(1500, 1490, 5e9), CROWDED)).isEqualTo(Reason.LATE_NOT_CHEAPER);
    }

    @Test
    void saysHowLongEitherWayWouldTake() {
        measure();
        choose(prompt(1024, 0, 0.1e9), IDLE);
        assertThat(told.getLast().computedNanos()).isCloseTo(0.1e9 + 2 * base(512, 0.5), Percentage.withPercentage(5));
        assertThat(told.getLast().predictedNanos())
                .isCloseTo(0.1e9 + 2 * auxiliary(511.5) + base(1, 1), Percentage.withPercentage(5));
    }

    @Test
    void aStepWithARepairTakesAtMostTwiceTheTime() {
        measure();
        int tokens = measured.tokens(1, 500, 400);
        assertThat(tokens).isGreaterThan(20);
        assertThat(base(1 + tokens, 1)).isLessThan(2 * base(1, 1));
        assertThat(base(8 + measured.tokens(8, 4000, 400), 8)).isLessThan(2 * base(8, 8));
    }

    @Test
    void nothingIsRepairedBesideSoManyAnswersThatTheWeightsAreNotWhatTakesTheTime() {
        measure();
        assertThat(measured.tokens(32, 16_000, 400)).isZero();
    }

    @Test
    void theAuxiliaryKeepsAnswersWaitingAsLongAsTheBaseMay() {
        assertThat(costs.auxiliaryTokens(BESIDE_DECODE, STEP_TOKENS)).isEqualTo(BESIDE_DECODE);
        measure();
        int tokens = costs.auxiliaryTokens(BESIDE_DECODE, STEP_TOKENS);
        assertThat(tokens).isGreaterThan(2 * BESIDE_DECODE).isLessThanOrEqualTo(STEP_TOKENS);
        assertThat(auxiliary(tokens)).isLessThanOrEqualTo(1.02 * (base(BESIDE_DECODE, 0) - base(0, 0)));
    }
}
