package dev.foretoken.gateway.rollout;

import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.variant.CanaryRule;
import dev.foretoken.routing.variant.HeaderMatch;
import dev.foretoken.routing.variant.LoadRule;
import dev.foretoken.routing.variant.LoadSwitch;
import dev.foretoken.routing.variant.ShadowScore;
import dev.foretoken.routing.variant.VariantDecision;
import dev.foretoken.routing.variant.VariantFeatures;
import dev.foretoken.routing.variant.VariantPolicy;
import dev.foretoken.routing.variant.VariantRollout;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The rollout of one served name as it goes. Any thread. */
public final class AliasRollout {

    private final VariantRollout rule;
    private final VariantChoices choices;
    private final Optional<LoadSwitch> load;
    private final Optional<ShadowMirror> mirror;
    private final WaitingGauge waiting = new WaitingGauge();
    private final LongSupplier nanoClock;
    private final Consumer<VariantDecision> decided;

    AliasRollout(
            VariantRollout rule,
            VariantChoices choices,
            Optional<ShadowMirror> mirror,
            LongSupplier nanoClock,
            Consumer<VariantDecision> decided) {
        this.rule = rule;
        this.choices = choices;
        this.load = rule.underLoad().map(LoadSwitch::new);
        this.mirror = mirror;
        this.nanoClock = nanoClock;
        this.decided = decided;
    }

    public VariantRollout rule() {
        return rule;
    }

    /** Whether callers who agree are led to the cheaper variant now; false without a rule for load. */
    public boolean isSwitched() {
        return load.filter(LoadSwitch::isOn).isPresent();
    }

    public long switches() {
        return load.map(LoadSwitch::switches).orElse(0L);
    }

    /** Empty without a shadow. */
    public Optional<ShadowScore> shadowScore() {
        return mirror.map(ShadowMirror::score);
    }

    Lead lead(ServedModel primary, RolloutCall call) {
        VariantDecision decision = VariantPolicy.choose(rule, features(primary, call));
        decided.accept(decision);
        ServedModel led = decision.variant()
                .flatMap(variant -> choices.find(primary, variant))
                .map(found -> found.as(primary.name(), found.variant()).reading(primary.prefill()))
                .orElse(primary);
        return new Lead(
                led, Optional.of(decision), decision.isPrimary() ? answer -> follow(primary, call, answer) : any -> {});
    }

    private VariantFeatures features(ServedModel primary, RolloutCall call) {
        long now = nanoClock.getAsLong();
        boolean overloaded =
                load.filter(it -> it.isOn(now, waiting.of(primary, now))).isPresent();
        boolean led = overloaded && call.consents();
        return new VariantFeatures(
                call.requestId(),
                call.tenant(),
                call.consents(),
                call.bound(),
                headers(call),
                able(primary),
                led ? offer(primary) : Optional.empty(),
                overloaded);
    }

    private Optional<String> offer(ServedModel primary) {
        return rule.underLoad()
                .filter(it -> choices.cheaper(primary, it).isPresent())
                .map(LoadRule::variant);
    }

    private Set<HeaderMatch> headers(RolloutCall call) {
        return rule.canaries().stream()
                .flatMap(canary -> canary.header().stream())
                .filter(header -> header.value().equals(call.headers().get(header.name())))
                .collect(Collectors.toSet());
    }

    private Set<String> able(ServedModel primary) {
        return rule.canaries().stream()
                .map(CanaryRule::variant)
                .filter(variant -> choices.equivalent(primary, variant).isPresent())
                .collect(Collectors.toSet());
    }

    /** Only answers of the variant that the name leads to: they say how it fares, and are what shadows are compared with. */
    private void follow(ServedModel primary, RolloutCall call, AnswerStream answer) {
        load.ifPresent(it -> answer.listen(new FirstTokenListener(first -> {
            long now = nanoClock.getAsLong();
            it.firstToken(now, now - call.arrivedAt());
        })));
        mirror.ifPresent(it -> it.follow(primary, answer));
    }
}
