package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.bench.stats.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefillReportTest {
    @Test
    void theThresholdIsWherePredictionIsFasterFromThereOn() {
        assertThat(PrefillReport.threshold(List.of(reading(16, 1, 2), reading(64, 3, 2), reading(256, 9, 5))))
                .isEqualTo(64);
        assertThat(PrefillReport.threshold(List.of(reading(16, 3, 2), reading(64, 2, 3), reading(256, 9, 5))))
                .isEqualTo(256);
        assertThat(PrefillReport.threshold(List.of(reading(16, 3, 2), reading(64, 2, 3))))
                .isNull();
    }

    @Test
    void theArithmeticRatioIsThatOfTheParts() {
        PrefillReport.Reading reading = PrefillReport.Reading.of(
                512, Spread.of(12), Spread.of(4), Spread.of(3), new PartTimer.Parts(10, 1.5, 0.5, 0.5));
        assertThat(reading.speedUp()).isCloseTo(3, within(1e-12));
        assertThat(reading.arithmetic()).isCloseTo(4, within(1e-12));
        assertThat(reading.shareOfArithmetic()).isCloseTo(0.75, within(1e-12));
    }

    private static PrefillReport.Reading reading(int tokens, double exact, double predicted) {
        return PrefillReport.Reading.of(
                tokens, Spread.of(exact), Spread.of(predicted), Spread.of(1), new PartTimer.Parts(1, 1, 1, 1));
    }
}
