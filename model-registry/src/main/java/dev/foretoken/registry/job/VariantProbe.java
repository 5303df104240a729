package dev.foretoken.registry.job;

import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.name.VariantRef;
import java.util.Optional;

/** Measures a variant that was just built, or the base that it is compared with. Called from the thread that builds. */
@FunctionalInterface
public interface VariantProbe {
    /** Measures nothing: variants stay unmeasured until somebody measures them. */
    VariantProbe NONE = (variant, watch) -> Optional.empty();

    /** Empty when it does not measure such a variant; what it throws is said in the job's log, and the variant stays. */
    Optional<Measurement> measure(VariantRef variant, BuildWatch watch);
}
