package dev.foretoken.registry.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProportionTest {
    /** Values from the closed form with z = 1.96, computed apart from this code. */
    @Test
    void wilsonIntervalMatchesKnownValues() {
        Proportion tenOfTwenty = new Proportion(10, 20);
        assertThat(tenOfTwenty.low()).isCloseTo(0.29930, within(1e-4));
        assertThat(tenOfTwenty.high()).isCloseTo(0.70070, within(1e-4));
        Proportion ninetyFive = new Proportion(95, 100);
        assertThat(ninetyFive.low()).isCloseTo(0.88825, within(1e-4));
        assertThat(ninetyFive.high()).isCloseTo(0.97846, within(1e-4));
    }

    @Test
    void intervalStaysInsideZeroAndOneAtTheEnds() {
        assertThat(new Proportion(0, 10).low()).isEqualTo(0, within(1e-12));
        assertThat(new Proportion(0, 10).high()).isCloseTo(0.27753, within(1e-4));
        assertThat(new Proportion(10, 10).high()).isEqualTo(1, within(1e-12));
        assertThat(new Proportion(10, 10).low()).isCloseTo(0.72247, within(1e-4));
    }

    @Test
    void noTrialsKnowNothing() {
        Proportion none = new Proportion(0, 0);
        assertThat(none.low()).isZero();
        assertThat(none.high()).isEqualTo(1);
    }

    @Test
    void moreSuccessesThanTrialsAreRefused() {
        assertThatThrownBy(() -> new Proportion(3, 2)).hasMessageContaining("3 successes in 2 trials");
    }
}
