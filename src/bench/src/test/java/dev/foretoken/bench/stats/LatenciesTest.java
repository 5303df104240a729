package dev.foretoken.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentilesOfOneToAThousandMillisecondsAreExactToAThousandth() {
        Latencies latencies = new Latencies();
        for (int i = 1000; i >= 1; i--) {
            latencies.add(i * 1_000_000L);
        }
        LatencySummary summary = latencies.summary();
        assertThat(summary.count()).isEqualTo(1000);
        assertThat(summary.mean()).isCloseTo(0.5005, within(0.5005e-3));
        assertThat(summary.p50()).isCloseTo(0.500, within(0.5e-3));
        assertThat(summary.p90()).isCloseTo(0.900, within(0.9e-3));
        assertThat(summary.p99()).isCloseTo(0.990, within(1e-3));
        assertThat(summary.max()).isCloseTo(1.000, within(1e-3));
    }

    @Test
    void percentilesOfOneValueAreThatValue() {
        Latencies latencies = new Latencies();
        latencies.add(7_000);
        LatencySummary summary = latencies.summary();
        assertThat(summary.p50()).isCloseTo(7e-6, within(7e-9));
        assertThat(summary.p99()).isEqualTo(summary.p50());
    }

    @Test
    void nothingMeasuredIsEmpty() {
        assertThat(new Latencies().summary()).isEqualTo(LatencySummary.EMPTY);
    }
}
