package dev.foretoken.routing.variant;

import dev.foretoken.routing.variant.VariantDecision.Reason;
import java.util.Optional;

/**
 * Chooses the variant of a request: a canary whose header it carries, else a canary in whose share it lies, else a cheaper variant under load,
 * else the one that the name leads to. A function of its arguments: every gateway decides alike, and a record replays to the same choice.
 */
public final class VariantPolicy {

    private VariantPolicy() {}

    public static VariantDecision choose(VariantRollout rollout, VariantFeatures seen) {
        Optional<CanaryRule> asked = rollout.canaries().stream()
                .filter(rule -> rule.header().filter(seen.headers()::contains).isPresent())
                .filter(rule -> seen.able().contains(rule.variant()))
                .findFirst();
        if (asked.isPresent()) {
            return decision(rollout, seen, Optional.of(asked.get().variant()), Reason.CANARY_HEADER, -1);
        }
        return byWeight(rollout, seen).orElseGet(() -> byLoad(rollout, seen));
    }

    private static Optional<VariantDecision> byWeight(VariantRollout rollout, VariantFeatures seen) {
        double from = 0;
        for (CanaryRule rule : rollout.canaries()) {
            double place = place(rollout, rule, seen);
            if (place >= from && place < from + rule.weight() && seen.able().contains(rule.variant())) {
                return Optional.of(decision(rollout, seen, Optional.of(rule.variant()), Reason.CANARY_WEIGHT, place));
            }
            from += rule.weight();
        }
        return Optional.empty();
    }

    /** Turns of one conversation stay together. */
    private static double place(VariantRollout rollout, CanaryRule rule, VariantFeatures seen) {
        boolean byTenant = seen.bound() || rule.by() == CanaryRule.By.TENANT;
        return StableShare.of("canary " + rollout.alias(), byTenant ? seen.tenant() : seen.requestId());
    }

    private static VariantDecision byLoad(VariantRollout rollout, VariantFeatures seen) {
        boolean cheaper = seen.overloaded() && seen.consents() && !seen.bound();
        Optional<String> offer = seen.offer().filter(variant -> cheaper);
        return decision(rollout, seen, offer, offer.isPresent() ? Reason.LOAD : Reason.PRIMARY, -1);
    }

    private static VariantDecision decision(
            VariantRollout rollout, VariantFeatures seen, Optional<String> variant, Reason reason, double place) {
        return new VariantDecision(seen.requestId(), rollout.alias(), variant, reason, place);
    }

    /** Whether a request is one of those that are mirrored; drawn apart from canaries. */
    public static boolean isMirrored(String alias, ShadowRule rule, String requestId) {
        return StableShare.of("shadow " + alias, requestId) < rule.share();
    }
}
