package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A block that is to be rounded.
 *
 * @param statistics of each site; empty where the method wants none
 * @param base its weights before
 * @param columns told how many columns of the block are done, and stops a build that was cancelled
 */
record BlockInputs(
        List<InputSite> sites,
        Map<InputSite, InputStatistics> statistics,
        WeightNumbers base,
        Workers workers,
        Columns columns) {

    /** How many columns were done. */
    interface Columns {
        void done(int count);
    }

    @Nullable
    InputStatistics statistics(InputSite site) {
        return statistics.get(site);
    }

    float[] weights(MatrixRef whole) {
        return base.matrix(whole);
    }

    float[] vector(VectorRef ref) {
        return base.vector(ref);
    }
}
