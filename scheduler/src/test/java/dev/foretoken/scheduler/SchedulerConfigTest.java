package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import org.junit.jupiter.api.Test;

class SchedulerConfigTest {

    @Test
    void hasDefaults() {
        assertThat(SchedulerConfig.DEFAULT).isEqualTo(new SchedulerConfig(64, 512, 128, 1024, true, 3));
        assertThat(SchedulerConfig.DEFAULT.prefixes()).isEqualTo(new PrefixCacheConfig(true, 0, 1024, 64));
        assertThat(SpeculationConfig.OFF).isEqualTo(new SpeculationConfig(0, 4));
        assertThat(SpeculationConfig.ofTokens(6)).isEqualTo(new SpeculationConfig(6, 4));
    }

    @Test
    void everyKeyMapsToItsComponent() {
        SchedulerConfig config = new SchedulerConfig(1, 20, 3, 4, false, 6);
        assertThat(config.maxRunningSequences()).isEqualTo(1);
        assertThat(config.maxTokensPerStep()).isEqualTo(20);
        assertThat(config.promptTokensBesideDecode()).isEqualTo(3);
        assertThat(config.maxQueuedSequences()).isEqualTo(4);
        assertThat(config.prefixCache()).isFalse();
        assertThat(config.maxFailedSteps()).isEqualTo(6);
        assertThat(config.speculation()).isEqualTo(SpeculationConfig.OFF);
        SpeculationConfig speculation = new SpeculationConfig(7, 8);
        assertThat(speculation.maxDraftTokens()).isEqualTo(7);
        assertThat(speculation.maxRows()).isEqualTo(8);
        assertThat(config.withSpeculation(speculation))
                .isEqualTo(new SchedulerConfig(1, 20, 3, 4, 6, PrefixCacheConfig.of(false), speculation));
        PrefixCacheConfig prefixes = new PrefixCacheConfig(true, 9, 10, 11);
        assertThat(config.withPrefixes(prefixes).prefixes()).isEqualTo(prefixes);
        assertThat(prefixes.checkpointBytes()).isEqualTo(9);
        assertThat(prefixes.checkpointIntervalTokens()).isEqualTo(10);
        assertThat(prefixes.leastCheckpointTokens()).isEqualTo(11);
    }

    @Test
    void everyLimitRefusesAndNamesKeyValueAndRange() {
        refused(() -> new SchedulerConfig(0, 512, 1, 1, true, 1), "scheduler.max-running-sequences=0");
        refused(() -> new SchedulerConfig(4097, 5000, 1, 1, true, 1), "scheduler.max-running-sequences=4097");
        refused(() -> new SchedulerConfig(8, 7, 1, 1, true, 1), "scheduler.max-tokens-per-step=7");
        refused(() -> new SchedulerConfig(8, (1 << 20) + 1, 1, 1, true, 1), "scheduler.max-tokens-per-step=1048577");
        refused(() -> new SchedulerConfig(8, 64, 0, 1, true, 1), "scheduler.prompt-tokens-beside-decode=0");
        refused(() -> new SchedulerConfig(8, 64, 65, 1, true, 1), "scheduler.prompt-tokens-beside-decode=65");
        refused(() -> new SchedulerConfig(8, 64, 1, 0, true, 1), "scheduler.max-queued-sequences=0");
        refused(() -> new SchedulerConfig(8, 64, 1, (1 << 20) + 1, true, 1), "scheduler.max-queued-sequences=1048577");
        refused(() -> new SchedulerConfig(8, 64, 1, 1, true, 0), "scheduler.max-failed-steps=0");
        refused(() -> new SpeculationConfig(-1, 1), "scheduler.speculation.max-draft-tokens=-1");
        refused(() -> new SpeculationConfig(65, 1), "scheduler.speculation.max-draft-tokens=65");
        refused(() -> new SpeculationConfig(4, 0), "scheduler.speculation.max-rows=0");
        refused(() -> new SpeculationConfig(4, 4097), "scheduler.speculation.max-rows=4097");
        refused(() -> new SchedulerConfig(8, 64, 1, 1, true, 1001), "scheduler.max-failed-steps=1001");
        refused(() -> new PrefixCacheConfig(true, -1, 0, 1), "scheduler.prefix-cache.checkpoint-bytes=-1");
        refused(() -> new PrefixCacheConfig(true, 0, -1, 1), "scheduler.prefix-cache.checkpoint-interval-tokens=-1");
        refused(() -> new PrefixCacheConfig(true, 0, 0, 0), "scheduler.prefix-cache.least-checkpoint-tokens=0");
    }

    private static void refused(Runnable config, String named) {
        assertThatThrownBy(config::run)
                .isInstanceOf(ForetokenException.class)
                .hasMessageStartingWith(named)
                .hasMessageContaining("must be in [");
    }
}
