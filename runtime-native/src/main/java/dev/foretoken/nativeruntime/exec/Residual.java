package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** How one sublayer reads the residual stream and adds to it. */
final class Residual {

    private final Kernels kernels;
    private final Workspace work;
    private final int hidden;
    private final float scale;
    private final @Nullable BoundNorm input;
    private final @Nullable BoundNorm output;

    Residual(Sublayer sublayer, int hidden, PackedWeights weights, Kernels kernels, Workspace work) {
        this.kernels = kernels;
        this.work = work;
        this.hidden = hidden;
        this.scale = sublayer.residualScale();
        this.input = BoundNorm.orNull(sublayer.normAt(Norm.Placement.INPUT), weights, kernels);
        this.output = BoundNorm.orNull(sublayer.normAt(Norm.Placement.OUTPUT), weights, kernels);
    }

    /** What the sublayer computes from: fp32 [tokens, hidden]. */
    MemorySegment read(int tokens) {
        BoundNorm norm = input;
        if (norm == null) {
            return work.hidden();
        }
        norm.apply(work.hidden(), tokens, work.normed());
        return work.normed();
    }

    /** Adds {@link Workspace#delta}. */
    void add(int tokens) {
        BoundNorm norm = output;
        if (norm != null) {
            norm.apply(work.delta(), tokens, work.delta());
        }
        long count = (long) tokens * hidden;
        if (scale == 1) {
            kernels.add(work.hidden(), work.delta(), count, work.hidden());
        } else {
            kernels.addScaled(work.hidden(), work.delta(), scale, count, work.hidden());
        }
    }
}
