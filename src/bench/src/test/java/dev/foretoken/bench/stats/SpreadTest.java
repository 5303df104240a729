package dev.foretoken.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void medianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Spread.of(9, 1, 5)).isEqualTo(new Spread(3, 5, 1, 9));
    }

    @Test
    void medianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 2, 8).median()).isEqualTo(3);
    }

    @Test
    void relativeSpreadIsHalfTheRangeOverTheMedian() {
        assertThat(Spread.of(90, 100, 110).relative()).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void noMeasurementIsRefused() {
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }
}
