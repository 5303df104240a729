package dev.foretoken.nativeruntime.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One residual step of a model: reads the hidden vector, adds to it. */
public sealed interface Sublayer permits Attention, Mlp {

    /** At most one per placement. */
    List<Norm> norms();

    /** Every linear map, in order of use. */
    List<Linear> linears();

    /** {@link #norms} and those inside. */
    default List<Norm> allNorms() {
        return norms();
    }

    /** The norm at a placement, or null. */
    default @Nullable Norm normAt(Norm.Placement placement) {
        for (Norm norm : norms()) {
            if (norm.placement() == placement) {
                return norm;
            }
        }
        return null;
    }
}
