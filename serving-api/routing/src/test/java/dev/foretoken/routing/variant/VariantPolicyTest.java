package dev.foretoken.routing.variant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.routing.variant.VariantDecision.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VariantPolicyTest {

    private static final HeaderMatch HEADER = new HeaderMatch("x-canary", "yes");
    private static final VariantRollout ROLLOUT = new VariantRollout(
            "toy:prod",
            Optional.empty(),
            List.of(
                    new CanaryRule("one", 0.1, Optional.of(HEADER), CanaryRule.By.REQUEST),
                    new CanaryRule("two", 0.2, Optional.empty(), CanaryRule.By.REQUEST)),
            Optional.empty());
    private static final VariantRollout PLAIN =
            new VariantRollout("toy:prod", Optional.empty(), List.of(), Optional.empty());

    private static VariantFeatures request(String id) {
        return new VariantFeatures(
                id, "tenant", false, false, Set.of(), Set.of("one", "two", "int4"), Optional.empty(), false);
    }

    private static VariantFeatures loaded(boolean consents, boolean bound, boolean overloaded) {
        return new VariantFeatures("r", "tenant", consents, bound, Set.of(), Set.of(), Optional.of("int4"), overloaded);
    }

    @Test
    void givesEachCanaryItsShare() {
        int[] seen = new int[3];
        for (int i = 0; i < 20_000; i++) {
            VariantDecision decision = VariantPolicy.choose(ROLLOUT, request("request-" + i));
            seen[decision.isPrimary() ? 0 : decision.variant().equals(Optional.of("one")) ? 1 : 2]++;
        }
        assertThat(seen[1] / 20_000.0).isBetween(0.09, 0.11);
        assertThat(seen[2] / 20_000.0).isBetween(0.185, 0.215);
    }

    @Test
    void decidesAlikeForEqualRequestsAndTellsWhy() {
        List<VariantDecision> once = decisions();
        assertThat(decisions()).isEqualTo(once);
        assertThat(once)
                .filteredOn(decision -> decision.reason() == Reason.CANARY_WEIGHT)
                .isNotEmpty()
                .allMatch(decision -> decision.place() >= 0 && decision.place() < 0.3);
    }

    private static List<VariantDecision> decisions() {
        return IntStream.range(0, 200)
                .mapToObj(i -> VariantPolicy.choose(ROLLOUT, request("r" + i)))
                .toList();
    }

    @Test
    void keepsATenantOnOneSide() {
        VariantRollout byTenant = new VariantRollout(
                "toy:prod",
                Optional.empty(),
                List.of(new CanaryRule("one", 0.5, Optional.empty(), CanaryRule.By.TENANT)),
                Optional.empty());
        Set<Optional<String>> sides = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            sides.add(VariantPolicy.choose(byTenant, request("r" + i)).variant());
        }
        assertThat(sides).hasSize(1);
    }

    @Test
    void aHeaderCountsBeforeWeights() {
        for (int i = 0; i < 100; i++) {
            VariantFeatures asked = new VariantFeatures(
                    "r" + i, "", false, false, Set.of(HEADER), Set.of("one", "two"), Optional.empty(), false);
            VariantDecision decision = VariantPolicy.choose(ROLLOUT, asked);
            assertThat(decision.variant()).contains("one");
            assertThat(decision.reason()).isEqualTo(Reason.CANARY_HEADER);
        }
    }

    @Test
    void leavesOutCanariesThatCannotAnswer() {
        for (int i = 0; i < 100; i++) {
            VariantFeatures seen =
                    new VariantFeatures("r" + i, "", false, false, Set.of(HEADER), Set.of(), Optional.empty(), false);
            assertThat(VariantPolicy.choose(ROLLOUT, seen).isPrimary()).isTrue();
        }
    }

    @Test
    void leadsToACheaperVariantOnlyThoseWhoAgreeAreFreeAndMeetLoad() {
        assertThat(VariantPolicy.choose(PLAIN, loaded(true, false, true)).variant())
                .contains("int4");
        assertThat(VariantPolicy.choose(PLAIN, loaded(true, false, true)).reason())
                .isEqualTo(Reason.LOAD);
        assertThat(VariantPolicy.choose(PLAIN, loaded(false, false, true)).isPrimary())
                .isTrue();
        assertThat(VariantPolicy.choose(PLAIN, loaded(true, true, true)).isPrimary())
                .isTrue();
        assertThat(VariantPolicy.choose(PLAIN, loaded(true, false, false)).isPrimary())
                .isTrue();
    }

    @Test
    void mirrorsTheShareThatIsAskedFor() {
        ShadowRule rule = new ShadowRule("int4", 0.25, 4, 100, ShadowLimits.DEFAULT);
        long mirrored = IntStream.range(0, 20_000)
                .filter(i -> VariantPolicy.isMirrored("toy:prod", rule, "request-" + i))
                .count();
        assertThat(mirrored / 20_000.0).isBetween(0.235, 0.265);
    }
}
