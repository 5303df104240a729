package dev.foretoken.scheduler.prefill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CostFitTest {

    private static final double FIXED = 62e6;
    private static final double PER_TOKEN = 1.15e6;
    private static final double PER_DRAW = 1.85e6;
    private static final double PER_ATTENDED = 100;

    private final CostFit fit = new CostFit();
    private final Random random = new Random(7);
    private double slowness = 1;

    private static double cost(double tokens, double draws, double attended) {
        return FIXED + PER_TOKEN * tokens + PER_DRAW * draws + PER_ATTENDED * attended;
    }

    private void decode(int steps) {
        for (int i = 0; i < steps; i++) {
            int rows = 1 + random.nextInt(24);
            step(rows, rows, rows * (64.0 + random.nextInt(2000)));
        }
    }

    private void prefill(int steps) {
        for (int i = 0; i < steps; i++) {
            int rows = random.nextInt(16);
            int prompt = 16 + random.nextInt(496);
            step(rows + prompt, rows, StepCosts.attended(random.nextInt(1500), prompt) + rows * 700.0);
        }
    }

    /** One in ten is held up by something else, and all vary by a few percent. */
    private void step(int tokens, int draws, double attended) {
        double heldUp = random.nextInt(10) == 0 ? 1 + 4 * random.nextDouble() : 1;
        fit.add(
                tokens,
                draws,
                attended,
                slowness * heldUp * (0.95 + 0.1 * random.nextDouble()) * cost(tokens, draws, attended));
    }

    private void assertKnows(double tokens, double draws, double attended, double percent) {
        assertThat(fit.nanos(tokens, draws, attended))
                .isCloseTo(slowness * cost(tokens, draws, attended), Percentage.withPercentage(percent));
    }

    @Test
    void saysWhatStepsOfAnySizeCostThoughSomeWereHeldUp() {
        prefill(300);
        decode(300);
        assertKnows(1, 1, 500, 20);
        assertKnows(16, 16, 16 * 500.0, 20);
        assertKnows(512, 0, StepCosts.attended(0, 512), 20);
        assertKnows(128 + 16, 16, StepCosts.attended(1000, 128) + 16 * 1000, 20);
    }

    @Test
    void stillKnowsWhatPromptsCostWhenNoneHasComeForLong() {
        prefill(200);
        decode(100);
        double before = fit.nanos(512, 0, StepCosts.attended(0, 512));
        decode(20_000);
        assertThat(fit.nanos(512, 0, StepCosts.attended(0, 512))).isCloseTo(before, Percentage.withPercentage(15));
    }

    @Test
    void followsAMachineThatBecomesSlower() {
        prefill(300);
        decode(300);
        slowness = 2;
        prefill(600);
        decode(600);
        assertKnows(16, 16, 16 * 500.0, 25);
        assertKnows(512, 0, StepCosts.attended(0, 512), 25);
    }

    @Test
    void aStepUnlikeAllBeforeCountsAtOnce() {
        decode(20_000);
        double attended = StepCosts.attended(0, 512);
        assertThat(fit.nanos(512, 0, attended)).isGreaterThan(1.5 * cost(512, 0, attended));
        fit.add(512, 0, attended, cost(512, 0, attended));
        assertKnows(512, 0, attended, 20);
    }

    @Test
    void aSingleSizeIsTakenToCostByTheToken() {
        fit.add(128, 0, StepCosts.attended(0, 128), 64e6);
        assertThat(fit.nanos(256, 0, StepCosts.attended(0, 256))).isCloseTo(128e6, Percentage.withPercentage(1));
        assertThat(fit.isSpread()).isFalse();
    }

    @Test
    void nothingCostsLessThanNothing() {
        for (int i = 0; i < 50; i++) {
            fit.add(100 + i, 0, StepCosts.attended(0, 100 + i), 1e9 - i * 1e7);
        }
        assertThat(fit.nanos(1, 0, 1)).isNotNegative();
        assertThat(fit.nanos(4000, 0, 1)).isGreaterThanOrEqualTo(fit.nanos(1, 0, 1));
    }
}
