package dev.foretoken.gateway.rollout;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.routing.variant.CanaryRule;
import dev.foretoken.routing.variant.LoadRule;
import dev.foretoken.routing.variant.ShadowScore;
import dev.foretoken.routing.variant.VariantDecision;
import java.util.List;
import java.util.Locale;

/** Writes rollouts as operators see them. */
public final class RolloutJson {

    private RolloutJson() {}

    /** The scoreboard. */
    public static ObjectNode scoreboard(List<AliasRollout> rollouts) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode all = json.putArray("rollouts");
        rollouts.forEach(rollout -> write(rollout, all.addObject()));
        return json;
    }

    private static void write(AliasRollout rollout, ObjectNode json) {
        json.put("name", rollout.rule().alias());
        rollout.rule().underLoad().ifPresent(rule -> write(rule, rollout, json.putObject("under_load")));
        ArrayNode canaries = json.putArray("canary");
        rollout.rule().canaries().forEach(rule -> write(rule, canaries.addObject()));
        rollout.rule().shadow().ifPresent(rule -> {
            ObjectNode shadow = json.putObject("shadow");
            shadow.put("variant", rule.variant());
            shadow.put("share", rule.share());
            rollout.shadowScore().ifPresent(score -> write(score, shadow));
        });
    }

    private static void write(LoadRule rule, AliasRollout rollout, ObjectNode json) {
        json.put("variant", rule.variant());
        json.put("switched", rollout.isSwitched());
        json.put("switches", rollout.switches());
    }

    private static void write(CanaryRule rule, ObjectNode json) {
        json.put("variant", rule.variant());
        json.put("weight", rule.weight());
        json.put("by", rule.by().name().toLowerCase(Locale.ROOT));
        rule.header().ifPresent(header -> json.put("header", header.name() + "=" + header.value()));
    }

    private static void write(ShadowScore score, ObjectNode json) {
        json.put("compared", score.compared());
        json.put("identical", score.identical());
        json.put("equal_token_share", score.equalShare());
        json.put("compared_tokens", score.comparedTokens());
        json.put("mean_first_difference", score.meanFirstDifference());
        json.put("mean_length_difference", score.meanLengthDifference());
        json.put("errors", score.errors());
        json.put("shed", score.shed());
        json.put("skipped", score.skipped());
        score.stopped().ifPresent(why -> json.put("stopped", why));
    }

    /** Newest first. */
    public static ObjectNode decisions(List<VariantDecision> decisions) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode all = json.putArray("decisions");
        for (VariantDecision decision : decisions) {
            ObjectNode one = all.addObject();
            one.put("request", decision.requestId());
            one.put("name", decision.alias());
            one.put("variant", decision.variant().orElse("primary"));
            one.put("reason", decision.reason().name().toLowerCase(Locale.ROOT));
            if (decision.place() >= 0) {
                one.put("place", decision.place());
            }
        }
        return json;
    }
}
