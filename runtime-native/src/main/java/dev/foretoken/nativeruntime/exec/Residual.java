package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Route;
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
    private final Route route;
    private final @Nullable BoundNorm input;
    private final @Nullable BoundNorm output;

    Residual(Sublayer sublayer, int hidden, PackedWeights weights, Kernels kernels, Workspace work) {
        this.kernels = kernels;
        this.work = work;
        this.hidden = hidden;
        this.scale = sublayer.residualScale();
        this.route = sublayer.route();
        this.input = BoundNorm.orNull(sublayer.normAt(Norm.Placement.INPUT), weights, kernels);
        this.output = BoundNorm.orNull(sublayer.normAt(Norm.Placement.OUTPUT), weights, kernels);
    }

    /** What the sublayer computes from: fp32 [tokens, hidden], or twice as wide. */
    MemorySegment read(int tokens) {
        MemorySegment from = source(tokens);
        BoundNorm norm = input;
        if (norm == null) {
            return from;
        }
        MemorySegment to = route.source() == Route.Source.HIDDEN_THEN_EMBEDDING ? from : work.normed();
        norm.apply(from, tokens, to);
        return to;
    }

    private MemorySegment source(int tokens) {
        return switch (route.source()) {
            case HIDDEN -> work.hidden();
            case HIDDEN_THEN_EMBEDDING -> work.sides().join(work.hidden(), tokens, hidden);
            case SIDE -> work.sides().side();
            case HIDDEN_PLUS_SIDE -> {
                kernels.add(work.hidden(), work.sides().side(), (long) tokens * hidden, work.normed());
                yield work.normed();
            }
        };
    }

    /** Adds {@link Workspace#delta}, or keeps it as the side. */
    void add(int tokens) {
        BoundNorm norm = output;
        if (norm != null) {
            norm.apply(work.delta(), tokens, work.delta());
        }
        long count = (long) tokens * hidden;
        if (route.target() == Route.Target.SIDE) {
            MemorySegment.copy(work.delta(), 0, work.sides().side(), 0, count * Float.BYTES);
        } else if (scale == 1) {
            kernels.add(work.hidden(), work.delta(), count, work.hidden());
        } else {
            kernels.addScaled(work.hidden(), work.delta(), scale, count, work.hidden());
        }
    }
}
