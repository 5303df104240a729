package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** How one sublayer reads the residual stream and adds to it. */
final class Residual {

    /** A norm with its weight at hand. */
    private record Scale(MemorySegment weight, float epsilon) {}

    private final Kernels kernels;
    private final Workspace work;
    private final int hidden;
    private final @Nullable Scale input;
    private final @Nullable Scale output;

    Residual(Sublayer sublayer, int hidden, PackedWeights weights, Kernels kernels, Workspace work) {
        this.kernels = kernels;
        this.work = work;
        this.hidden = hidden;
        this.input = scale(sublayer.normAt(Norm.Placement.INPUT), weights);
        this.output = scale(sublayer.normAt(Norm.Placement.OUTPUT), weights);
    }

    private static @Nullable Scale scale(@Nullable Norm norm, PackedWeights weights) {
        return norm == null ? null : new Scale(weights.vector(norm.weight()), norm.epsilon());
    }

    /** What the sublayer computes from: fp32 [tokens, hidden]. */
    MemorySegment read(int tokens) {
        Scale scale = input;
        if (scale == null) {
            return work.hidden();
        }
        kernels.rmsNorm(work.hidden(), scale.weight(), scale.epsilon(), tokens, hidden, work.normed());
        return work.normed();
    }

    /** Adds {@link Workspace#delta}. */
    void add(int tokens) {
        Scale scale = output;
        if (scale != null) {
            kernels.rmsNorm(work.delta(), scale.weight(), scale.epsilon(), tokens, hidden, work.delta());
        }
        kernels.add(work.hidden(), work.delta(), (long) tokens * hidden, work.hidden());
    }
}
