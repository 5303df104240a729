package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** An RMS norm of a buffer in place, its weight at hand. */
record VectorNorm(Kernels kernels, MemorySegment weight, int width, float epsilon) {

    /** Null for a norm that is not there. */
    static @Nullable VectorNorm of(@Nullable Norm norm, Kernels kernels, PackedWeights weights) {
        return norm == null
                ? null
                : new VectorNorm(
                        kernels, weights.vector(norm.weight()), norm.weight().size(), norm.epsilon());
    }

    void run(MemorySegment x, int tokens) {
        kernels.rmsNorm(x, weight, epsilon, tokens, width, x);
    }
}
