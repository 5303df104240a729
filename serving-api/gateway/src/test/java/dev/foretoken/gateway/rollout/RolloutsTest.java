package dev.foretoken.gateway.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.model.VariantMerit;
import dev.foretoken.routing.variant.CanaryRule;
import dev.foretoken.routing.variant.LoadRule;
import dev.foretoken.routing.variant.VariantDecision;
import dev.foretoken.routing.variant.VariantDecision.Reason;
import dev.foretoken.routing.variant.VariantRollout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final VariantRollout LOAD = new VariantRollout(
            ToyVariants.ALIAS,
            Optional.of(new LoadRule(
                    "int4",
                    0.9,
                    Optional.of(Duration.ofMillis(500)),
                    Optional.of(4),
                    0.5,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2))),
            List.of(),
            Optional.empty());

    private final ToyVariants toys = new ToyVariants();
    private final Rollouts rollouts = toys.rollouts(LOAD, task -> {});

    private String led(boolean consents, boolean bound) {
        return toys.lead(rollouts, "r", consents, bound).model().engineModel();
    }

    private void overload() {
        toys.base.reporting(ToyVariants.waiting("toy@1/base", 5));
        toys.now.addAndGet(SECOND);
        led(false, false);
        toys.now.addAndGet(SECOND);
        led(false, false);
        assertThat(rollouts.all().getFirst().isSwitched()).isTrue();
    }

    @Test
    void staysWhereTheNameLeadsWithoutLoad() {
        assertThat(led(true, false)).isEqualTo("toy@1/base");
    }

    @Test
    void leadsNewRequestsOfConsentingCallersAwayUnderLoadAndBackAfterIt() {
        overload();
        Lead lead = toys.lead(rollouts, "r", true, false);
        assertThat(lead.model().engineModel()).isEqualTo("toy@1/int4");
        assertThat(lead.model().name()).isEqualTo(ToyVariants.ALIAS);
        assertThat(lead.decision()).map(VariantDecision::reason).contains(Reason.LOAD);
        assertThat(led(false, false)).as("who did not agree").isEqualTo("toy@1/base");
        assertThat(led(true, true)).as("a conversation's state stays").isEqualTo("toy@1/base");
        toys.base.reporting(ToyVariants.waiting("toy@1/base", 0));
        toys.now.addAndGet(SECOND);
        assertThat(led(true, false)).isEqualTo("toy@1/int4");
        toys.now.addAndGet(2 * SECOND);
        assertThat(led(true, false)).isEqualTo("toy@1/base");
    }

    @Test
    void slowFirstTokensAreLoadToo() throws Exception {
        toys.base.answering(5);
        AnswerStream slow = toys.open(toys.lead(rollouts, "r", true, false), "r", 1);
        toys.now.addAndGet(600_000_000);
        while (slow.next().isPresent()) {
            // to its end
        }
        led(true, false);
        toys.now.addAndGet(SECOND);
        assertThat(led(true, false)).isEqualTo("toy@1/int4");
    }

    @Test
    void keepsTheFloorOfQualityAndTakesOnlyWhatWasMeasuredCheaper() {
        overload();
        for (VariantMerit merit : new VariantMerit[] {
            null,
            new VariantMerit("cpu", 0.89, 200, 20),
            new VariantMerit("cpu", Double.NaN, 200, 20),
            new VariantMerit("cpu", 0.95, 100, 10),
            new VariantMerit("gpu", 0.95, 200, 20),
        }) {
            toys.serve(toys.int4, "toy@1/int4", "toy@1/int4", merit);
            assertThat(led(true, false)).as("%s", merit).isEqualTo("toy@1/base");
        }
        toys.serve(toys.int4, "toy@1/int4", "toy@1/int4", ToyVariants.CHEAPER);
        assertThat(led(true, false)).isEqualTo("toy@1/int4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AVAILABLE", "LOADING", "FAILED"})
    void waitsForNoVariantThatIsNotLoaded(ModelState state) {
        overload();
        toys.int4.withState(state);
        assertThat(led(true, false)).isEqualTo("toy@1/base");
    }

    @Test
    void takesNoVariantThatWouldRefuseWhatTheOtherTakes() {
        overload();
        toys.serve(new FakeEngine("toy@1/int4", 999), "toy@1/int4", "toy@1/int4", ToyVariants.CHEAPER);
        assertThat(led(true, false)).as("another vocabulary").isEqualTo("toy@1/base");
    }

    @Test
    void canariesAnswerUnderTheNameAndAreRemembered() {
        VariantRollout canary = new VariantRollout(
                ToyVariants.ALIAS,
                Optional.empty(),
                List.of(new CanaryRule("int4", 1, Optional.empty(), CanaryRule.By.REQUEST)),
                Optional.empty());
        Rollouts all = toys.rollouts(canary, task -> {});
        Lead lead = toys.lead(all, "r-7", false, false);
        assertThat(lead.model().engineModel()).isEqualTo("toy@1/int4");
        assertThat(lead.model().name()).isEqualTo(ToyVariants.ALIAS);
        assertThat(all.decisions(10)).singleElement().satisfies(decision -> {
            assertThat(decision.requestId()).isEqualTo("r-7");
            assertThat(decision.reason()).isEqualTo(Reason.CANARY_WEIGHT);
            assertThat(decision.variant()).contains("int4");
        });
        assertThat(all.decisions(0)).isEmpty();
    }
}
