package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostConfigTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void hasDefaults() {
        assertThat(HostConfig.DEFAULT).isEqualTo(new HostConfig(0, 70, 0, Duration.ofSeconds(30)));
    }

    @Test
    void everyKeyMapsToItsComponent() {
        HostConfig config = new HostConfig(1, 2, 3, SECOND);
        assertThat(config.memoryBudgetBytes()).isEqualTo(1);
        assertThat(config.memoryPercent()).isEqualTo(2);
        assertThat(config.cacheBytes()).isEqualTo(3);
        assertThat(config.stopTimeout()).isEqualTo(SECOND);
    }

    @Test
    void everyLimitRefusesAndNamesKeyValueAndRange() {
        refused(() -> new HostConfig(-1, 70, 0, SECOND), "host.memory-budget-bytes=-1");
        refused(() -> new HostConfig(0, 0, 0, SECOND), "host.memory-percent=0");
        refused(() -> new HostConfig(0, 96, 0, SECOND), "host.memory-percent=96");
        refused(() -> new HostConfig(0, 70, -1, SECOND), "host.cache-bytes=-1");
        refused(() -> new HostConfig(0, 70, 0, Duration.ofMillis(99)), "host.stop-timeout=PT0.099S");
        refused(() -> new HostConfig(0, 70, 0, Duration.ofMinutes(11)), "host.stop-timeout=PT11M");
    }

    private static void refused(Runnable config, String named) {
        assertThatThrownBy(config::run)
                .isInstanceOf(ForetokenException.class)
                .hasMessageStartingWith(named)
                .hasMessageContaining("must be in [");
    }
}
