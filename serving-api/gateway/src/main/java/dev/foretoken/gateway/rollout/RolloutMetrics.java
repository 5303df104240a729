package dev.foretoken.gateway.rollout;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.routing.variant.ShadowScore;
import dev.foretoken.routing.variant.VariantDecision;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What is counted of one served name's rollout. Label values are those of its rules. */
final class RolloutMetrics {

    private static final Metric REQUESTS = Metric.of(
            "foretoken_variant_requests_total",
            "Requests of a name with a rollout, by the variant that they were led to and why.",
            "model_name",
            "variant",
            "reason");
    private static final Metric SWITCHED = Metric.of(
            "foretoken_variant_load_switched",
            "1 while load leads callers who agree to the cheaper variant.",
            "model_name");
    private static final Metric SWITCHES = Metric.of(
            "foretoken_variant_load_switches_total", "How often load switched callers over, or back.", "model_name");
    private static final Metric SHADOWS = Metric.of(
            "foretoken_shadow_answers_total", "Requests drawn for a shadow, by outcome.", "model_name", "outcome");
    private static final Metric TOKENS = Metric.of(
            "foretoken_shadow_tokens_total",
            "Token positions of shadows that were compared, by outcome.",
            "model_name",
            "outcome");
    private static final Metric STOPPED =
            Metric.of("foretoken_shadow_stopped", "1 when a limit has ended the shadow.", "model_name");

    private final Telemetry telemetry;
    private final String alias;

    RolloutMetrics(Telemetry telemetry, String alias) {
        this.telemetry = telemetry;
        this.alias = alias;
    }

    void decided(VariantDecision decision) {
        telemetry
                .counter(
                        REQUESTS,
                        alias,
                        decision.variant().orElse("primary"),
                        decision.reason().name().toLowerCase(Locale.ROOT))
                .increment();
    }

    void follow(AliasRollout rollout) {
        if (rollout.rule().underLoad().isPresent()) {
            telemetry.gauge(SWITCHED, () -> rollout.isSwitched() ? 1 : 0, alias);
            telemetry.total(SWITCHES, rollout::switches, alias);
        }
        if (rollout.rule().shadow().isPresent()) {
            shadows(rollout, "identical", ShadowScore::identical);
            shadows(rollout, "different", score -> score.compared() - score.identical());
            shadows(rollout, "error", ShadowScore::errors);
            shadows(rollout, "shed", ShadowScore::shed);
            shadows(rollout, "skipped", ShadowScore::skipped);
            total(TOKENS, rollout, "equal", ShadowScore::equalTokens);
            total(TOKENS, rollout, "different", score -> score.comparedTokens() - score.equalTokens());
            telemetry.gauge(
                    STOPPED,
                    () -> rollout.shadowScore().flatMap(ShadowScore::stopped).isPresent() ? 1 : 0,
                    alias);
        }
    }

    private void shadows(AliasRollout rollout, String outcome, ToDoubleFunction<ShadowScore> value) {
        total(SHADOWS, rollout, outcome, value);
    }

    private void total(Metric metric, AliasRollout rollout, String outcome, ToDoubleFunction<ShadowScore> value) {
        telemetry.total(
                metric, () -> rollout.shadowScore().stream().mapToDouble(value).sum(), alias, outcome);
    }
}
