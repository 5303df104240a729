package dev.foretoken.app.mount;

import dev.foretoken.gateway.model.ServedVariant;
import dev.foretoken.gateway.model.VariantMerit;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.name.VariantRef;
import java.util.List;
import java.util.Optional;

/**
 * Where a served name leads.
 *
 * @param eager it is loaded before it is asked for
 * @param choice of a name that leads to {@code auto}
 * @param reference what the version's imported variant was measured to keep; empty: it was not measured
 */
record Target(
        VariantDetail variant,
        ServedVariant.Kind kind,
        boolean eager,
        Optional<AutoChoice> choice,
        Optional<Measurement> reference) {

    /** One of {@code variants}, which are those of its version. */
    static Target among(
            List<VariantDetail> variants,
            VariantDetail variant,
            ServedVariant.Kind kind,
            boolean eager,
            Optional<AutoChoice> choice) {
        return new Target(
                variant,
                kind,
                eager,
                choice,
                variants.stream()
                        .filter(known -> known.ref().isBase())
                        .findFirst()
                        .flatMap(VariantDetail::measurement));
    }

    /** What it was measured to keep and to cost; empty where it, or the imported one, was not, or by other texts. */
    Optional<VariantMerit> merit() {
        return variant.measurement()
                .flatMap(own -> reference
                        .filter(base -> base.evalSet().equals(own.evalSet()))
                        .map(base -> new VariantMerit(
                                own.device(),
                                own.retention(base),
                                own.speed().prefillTokensPerSecond(),
                                own.speed().decodeTokensPerSecond())));
    }

    VariantRef ref() {
        return variant.ref();
    }

    /** What engines call it. */
    String engineModel() {
        return ref().toString();
    }
}
