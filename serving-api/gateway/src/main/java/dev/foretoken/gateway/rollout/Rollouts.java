package dev.foretoken.gateway.rollout;

import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.variant.VariantDecision;
import dev.foretoken.routing.variant.VariantRollout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Leads requests of served names to variants by the names' rollouts. */
public final class Rollouts {

    private static final int REMEMBERED = 1024;

    private final TreeMap<String, AliasRollout> byAlias = new TreeMap<>();
    private final DecisionRing decisions = new DecisionRing(REMEMBERED);

    /**
     * @param rules at most one for a name
     * @param shadows where shadows wait for their engines; a request's own thread never does
     */
    public Rollouts(
            List<VariantRollout> rules,
            ModelCatalog catalog,
            Telemetry telemetry,
            LongSupplier nanoClock,
            Executor shadows) {
        VariantChoices choices = new VariantChoices(catalog);
        for (VariantRollout rule : rules) {
            RolloutMetrics metrics = new RolloutMetrics(telemetry, rule.alias());
            byAlias.put(
                    rule.alias(),
                    new AliasRollout(
                            rule, choices, ShadowMirror.of(rule, choices, nanoClock, shadows), nanoClock, decision -> {
                                decisions.add(decision);
                                metrics.decided(decision);
                            }));
            metrics.follow(byAlias.get(rule.alias()));
        }
    }

    /** Who answers a request that names {@code model}. Adapters belong to one variant: with one there is nothing to choose. */
    public Lead lead(ServedModel model, RolloutCall call) {
        AliasRollout rollout = byAlias.get(model.name());
        return rollout == null || model.adapter().isPresent() ? Lead.to(model) : rollout.lead(model, call);
    }

    /** Ordered by name. */
    public List<AliasRollout> all() {
        return new ArrayList<>(byAlias.values());
    }

    /** Up to {@code most}, newest first. */
    public List<VariantDecision> decisions(int most) {
        return decisions.newest(most);
    }
}
