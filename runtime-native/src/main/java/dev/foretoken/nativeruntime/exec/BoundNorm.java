package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A norm with its weights at hand. */
final class BoundNorm {

    private final Kernels kernels;
    private final Norm norm;
    private final MemorySegment weight;
    private final @Nullable MemorySegment bias;

    BoundNorm(Norm norm, PackedWeights weights, Kernels kernels) {
        this.kernels = kernels;
        this.norm = norm;
        this.weight = weights.vector(norm.weight());
        VectorRef added = norm.bias();
        this.bias = added == null ? null : weights.vector(added);
    }

    static @Nullable BoundNorm orNull(@Nullable Norm norm, PackedWeights weights, Kernels kernels) {
        return norm == null ? null : new BoundNorm(norm, weights, kernels);
    }

    int width() {
        return norm.weight().size();
    }

    /** fp32 [rows, width]; out may be x. */
    void apply(MemorySegment x, int rows, MemorySegment out) {
        switch (norm.kind()) {
            case RMS -> kernels.rmsNorm(x, weight, norm.epsilon(), rows, width(), out);
            case AFFINE -> kernels.factors().affine(x, weight, Objects.requireNonNull(bias), rows, width(), out);
            case LAYER -> kernels.layerNorm(x, weight, bias, norm.epsilon(), rows, width(), out);
        }
    }
}
