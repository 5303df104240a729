package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;

/** What sublayers are bound to: one model's weights, kernels, buffers and rotation tables. */
record Binding(PackedWeights weights, Kernels kernels, Workspace work, RotaryTables rotary, int hidden) {

    Residual residual(Sublayer sublayer) {
        return new Residual(sublayer, hidden, weights, kernels, work);
    }

    Product product(Linear linear, MemorySegment out) {
        VectorRef bias = linear.bias();
        return new Product(weights.matrix(linear.weight()), bias == null ? null : weights.vector(bias), out);
    }
}
