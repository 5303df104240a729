package dev.foretoken.app.mount;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.measure.Measurement;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Chooses among the variants of a version: of those that were measured, pass the model's gate, keep the floor and fit, the one of the lowest
 * perplexity, then of most right answers, then the smaller.
 *
 * @param floor what must be kept; empty: any that was measured may be chosen
 * @param obstacle why a variant cannot be loaded here; empty: it can
 */
record AutoChooser(Optional<Gate> floor, Function<VariantDetail, Optional<String>> obstacle) {

    /** @throws ForetokenException INSUFFICIENT_MEMORY or GATE_REFUSED when none may be chosen, saying why for each */
    AutoChoice choose(List<VariantDetail> variants) {
        Optional<Measurement> reference = variants.stream()
                .filter(variant -> variant.ref().isBase())
                .findFirst()
                .flatMap(VariantDetail::measurement);
        if (floor.isEmpty() && variants.stream().allMatch(v -> v.measurement().isEmpty())) {
            return unmeasured(variants);
        }
        Map<String, String> passedOver = new LinkedHashMap<>();
        Optional<VariantDetail> chosen = Optional.empty();
        for (VariantDetail variant : variants.stream().sorted(bestFirst()).toList()) {
            Optional<String> against =
                    chosen.isPresent() ? Optional.of(worse(variant, reference)) : against(variant, reference);
            if (against.isEmpty()) {
                chosen = Optional.of(variant);
            } else {
                passedOver.put(variant.ref().variant(), against.get());
            }
        }
        return chosen.map(variant -> new AutoChoice(variant, best(variant), passedOver))
                .orElseThrow(() -> none(variants, passedOver));
    }

    private AutoChoice unmeasured(List<VariantDetail> variants) {
        Map<String, String> passedOver = new LinkedHashMap<>();
        for (VariantDetail variant : variants) {
            Optional<String> against = obstacle.apply(variant);
            if (variant.ref().isBase() && against.isEmpty()) {
                return new AutoChoice(variant, "as imported, since none was measured", passedOver);
            }
            passedOver.put(variant.ref().variant(), against.orElse("it was not measured"));
        }
        throw none(variants, passedOver);
    }

    private static Comparator<VariantDetail> bestFirst() {
        return Comparator.<VariantDetail>comparingDouble(
                        v -> v.measurement().map(m -> m.quality().perplexity()).orElse(Double.MAX_VALUE))
                .thenComparingDouble(v ->
                        v.measurement().map(m -> -m.quality().answers().value()).orElse(0.0))
                .thenComparingLong(VariantDetail::bytes);
    }

    private Optional<String> against(VariantDetail variant, Optional<Measurement> reference) {
        Optional<Measurement> measured = variant.measurement();
        if (measured.isEmpty()) {
            return Optional.of("it was not measured");
        }
        if (reference.isPresent()
                && !reference.get().evalSet().equals(measured.get().evalSet())) {
            return Optional.of("it was measured with other texts than the version's base");
        }
        if (!variant.passes()) {
            return variant.verdict().map(GateVerdict::sentence);
        }
        Optional<GateVerdict> low = floor.map(
                        gate -> gate.judge(measured, reference, variant.ref().isBase()))
                .filter(verdict -> !verdict.passes());
        return low.isPresent() ? low.map(GateVerdict::sentence) : obstacle.apply(variant);
    }

    /** Whether it fits is not asked: there is a better one. */
    private String worse(VariantDetail variant, Optional<Measurement> reference) {
        return new AutoChooser(floor, any -> Optional.empty())
                .against(variant, reference)
                .orElseGet(() -> String.format(
                        Locale.ROOT,
                        "perplexity %.4g is not the lowest",
                        variant.measurement().orElseThrow().quality().perplexity()));
    }

    private static String best(VariantDetail variant) {
        return variant.measurement()
                .map(Measurement::quality)
                .map(q -> String.format(
                        Locale.ROOT,
                        "perplexity %.4g, %d of %d questions right: the best that fits",
                        q.perplexity(),
                        q.answers().successes(),
                        q.answers().trials()))
                .orElse("the best that fits");
    }

    private static ForetokenException none(List<VariantDetail> variants, Map<String, String> passedOver) {
        String name = variants.isEmpty()
                ? "a version without variants"
                : variants.getFirst().ref().sibling("auto").toString();
        boolean memory = passedOver.values().stream().anyMatch(why -> why.contains("MiB"));
        return new ForetokenException(
                memory ? ErrorCode.INSUFFICIENT_MEMORY : ErrorCode.GATE_REFUSED,
                "no variant can be chosen for " + name + ": "
                        + String.join(
                                "; ",
                                passedOver.entrySet().stream()
                                        .map(other -> other.getKey() + ": " + other.getValue())
                                        .toList()));
    }
}
