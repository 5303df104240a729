package dev.foretoken.bench.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.bench.stats.Spread;
import org.junit.jupiter.api.Test;

class DramProbeTest {
    @Test
    void everyPassGivesAPositiveFiniteRate() throws InterruptedException {
        try (DramProbe probe = new DramProbe(2, 4)) {
            Spread rates = probe.gigabytesPerSecond(3);
            assertThat(rates.runs()).isEqualTo(3);
            assertThat(rates.min()).isPositive().isLessThan(10_000);
        }
    }

    @Test
    void lessThanAMebibyteForEachThreadIsRefused() {
        assertThatThrownBy(() -> new DramProbe(4, 2)).hasMessageContaining("4 threads reading 2 MiB");
    }
}
