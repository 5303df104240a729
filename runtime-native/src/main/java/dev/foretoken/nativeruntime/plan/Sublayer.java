package dev.foretoken.nativeruntime.plan;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One residual step of a model: {@code hidden += residualScale * outputNorm(sum of mixers(inputNorm(hidden)))}, or the same from elsewhere to
 * elsewhere.
 *
 * @param norms at most one per placement
 * @param mixers at least one; several are parallel branches over one input, summed in this order
 */
public record Sublayer(List<Norm> norms, float residualScale, List<Mixer> mixers, Route route) {

    public Sublayer {
        norms = List.copyOf(norms);
        mixers = List.copyOf(mixers);
    }

    /** From the residual to the residual. */
    public Sublayer(List<Norm> norms, float residualScale, List<Mixer> mixers) {
        this(norms, residualScale, mixers, Route.RESIDUAL);
    }

    /** One mixer with a norm of its input. */
    public static Sublayer of(Norm norm, Mixer mixer) {
        return new Sublayer(List.of(norm), 1, List.of(mixer));
    }

    /** The same sublayer with every mixer changed. */
    public Sublayer withMixers(UnaryOperator<Mixer> change) {
        return new Sublayer(norms, residualScale, mixers.stream().map(change).toList(), route);
    }

    /** The norm at a placement, or null. */
    public @Nullable Norm normAt(Norm.Placement placement) {
        for (Norm norm : norms) {
            if (norm.placement() == placement) {
                return norm;
            }
        }
        return null;
    }
}
