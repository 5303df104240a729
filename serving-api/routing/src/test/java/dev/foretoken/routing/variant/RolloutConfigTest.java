package dev.foretoken.routing.variant;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RolloutConfigTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static void refused(ThrowingCallable made, String key) {
        assertThatThrownBy(made).isInstanceOf(ForetokenException.class).hasMessageContaining(key + "=");
    }

    @Test
    void refusesRulesForLoadWithoutObjectiveOrHysteresis() {
        refused(() -> load("int4", 0.9, Optional.empty(), 0.5), "under_load");
        refused(() -> load("int4", 0.9, Optional.of(4), 1), "under_load.leave");
        refused(() -> load("int4", 0.9, Optional.of(0), 0.5), "under_load.queue");
        refused(() -> load("int4", 1.1, Optional.of(4), 0.5), "under_load.min_retention");
        refused(() -> load("toy@2/int4", 0.9, Optional.of(4), 0.5), "under_load.variant");
    }

    private static LoadRule load(String variant, double floor, Optional<Integer> queue, double leave) {
        return new LoadRule(variant, floor, Optional.empty(), queue, leave, SECOND, SECOND);
    }

    @Test
    void refusesCanariesThatNobodyCouldReachAndWeightsAboveAll() {
        refused(() -> canary(0, Optional.empty()), "canary");
        refused(() -> canary(1.5, Optional.empty()), "canary.weight");
        refused(() -> HeaderMatch.parse("yes"), "canary.header");
        refused(() -> HeaderMatch.parse("X-Canary=yes"), "canary.header");
        refused(
                () -> new VariantRollout(
                        "a",
                        Optional.empty(),
                        List.of(canary(0.6, Optional.empty()), canary(0.6, Optional.empty())),
                        Optional.empty()),
                "canary.weight");
    }

    private static CanaryRule canary(double weight, Optional<HeaderMatch> header) {
        return new CanaryRule("int4", weight, header, CanaryRule.By.REQUEST);
    }

    @Test
    void refusesShadowsWithoutBounds() {
        refused(() -> new ShadowRule("int4", 0, 4, 64, ShadowLimits.DEFAULT), "shadow.share");
        refused(() -> new ShadowRule("int4", 1, 0, 64, ShadowLimits.DEFAULT), "shadow.max_concurrent");
        refused(() -> new ShadowRule("int4", 1, 4, 0, ShadowLimits.DEFAULT), "shadow.max_tokens");
        refused(() -> new ShadowLimits(0, 0.5, 0.5, 0.5, 0), "shadow.min_samples");
        refused(() -> new ShadowLimits(1, 1.5, 0.5, 0.5, 0), "shadow.max_divergence");
    }
}
