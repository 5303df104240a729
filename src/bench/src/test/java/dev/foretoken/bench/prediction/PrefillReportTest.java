package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.HeldAs;
import java.util.List;
import java.util.Map;
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

    @Test
    void namesTheLengthsThatTheModelDoesNotTake() {
        assertThat(PrefillTables.render(report(List.of()))).doesNotContain("left out");
        assertThat(PrefillTables.render(report(List.of(2048, 4096)))).contains("left out", "2,048, 4,096 tokens");
    }

    private static PrefillReport report(List<Integer> leftOut) {
        return new PrefillReport(
                PrefillReport.SCHEMA,
                Provenance.now(List.of(), Map.of()),
                "m",
                "lp-shared",
                "layers [0]",
                "runtime",
                "numerics",
                new HeldAs("bf16", 1, "bf16"),
                null,
                List.of(reading(16, 1, 2)),
                leftOut);
    }

    private static PrefillReport.Reading reading(int tokens, double exact, double predicted) {
        return PrefillReport.Reading.of(
                tokens, Spread.of(exact), Spread.of(predicted), Spread.of(1), new PartTimer.Parts(1, 1, 1, 1));
    }
}
