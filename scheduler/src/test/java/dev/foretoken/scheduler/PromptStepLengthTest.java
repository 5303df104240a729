package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Steps that take 100 by themselves and 1,000 full. */
class PromptStepLengthTest {

    private static final double FIXED = 100;
    private static final double WHOLE = 1000;
    private static final double ALONE = 150;
    private static final int STEPS = 1000;

    private final PromptStepLength length = new PromptStepLength();

    private double next() {
        length.open(FIXED, WHOLE, ALONE);
        return length.nanos();
    }

    /** Part of the time that is not lost, over that of full steps. */
    private static double kept(double fixed, double took) {
        return (1 - fixed / took) / (1 - FIXED / WHOLE);
    }

    @Test
    void stepsAllAlikeAreAsShortAsThroughputAllows() {
        for (int i = 0; i < STEPS; i++) {
            length.end(next(), true);
        }
        assertThat(kept(FIXED, next())).isBetween(0.954, 0.956);
    }

    @Test
    void whatEveryOtherStepCostsMoreTheOthersMakeUpFor() {
        double took = 0;
        for (int i = 0; i < STEPS; i++) {
            double nanos = i % 2 == 0 ? next() : next() / 2;
            length.end(nanos, true);
            took += nanos;
        }
        assertThat(kept(STEPS * FIXED, took)).isBetween(0.95, 0.96);
        assertThat(next()).isLessThan(WHOLE);
    }

    @Test
    void noStepIsShorterThanOneOfThePromptThatWaits() {
        double prompt = 0.9 * WHOLE;
        for (int i = 0; i < STEPS; i++) {
            length.open(FIXED, WHOLE, prompt);
            length.end(WHOLE, true);
        }
        length.open(FIXED, WHOLE, prompt);
        assertThat(length.nanos()).isEqualTo(prompt);
        length.open(FIXED, WHOLE, 2 * WHOLE);
        assertThat(length.nanos()).isEqualTo(WHOLE);
    }

    @Test
    void itComesBackFromStepsThatWereAlmostEmpty() {
        for (int i = 0; i < STEPS; i++) {
            next();
            length.end(FIXED, true);
        }
        assertThat(next()).isEqualTo(2 * WHOLE);
        for (int i = 0; i < STEPS / 10; i++) {
            length.end(Math.min(WHOLE, next()), false);
        }
        assertThat(next()).isLessThan(0.8 * WHOLE);
    }

    @Test
    void whoCameAtTheBeginningOfAStepHasTheNextOneAlone() {
        double nanos = next();
        assertThat(length.aim(ALONE)).isBetween(nanos + ALONE, 1.2 * (nanos + ALONE));
    }
}
