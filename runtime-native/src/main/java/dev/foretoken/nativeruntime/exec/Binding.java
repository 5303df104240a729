package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What sublayers are bound to: one model's weights, kernels, buffers and rotation tables.
 *
 * @param memory of so many bytes, as long as the runtime lasts
 */
record Binding(
        PackedWeights weights,
        Kernels kernels,
        Workspace work,
        RotaryTables rotary,
        int hidden,
        StrategyTable strategies,
        LongFunction<MemorySegment> memory) {

    /** In memory that lasts as long as the runtime. */
    StateWeights stateWeights() {
        return new StateWeights(weights, memory);
    }

    Residual residual(Sublayer sublayer) {
        return new Residual(sublayer, hidden, weights, kernels, work);
    }

    BoundNorm norm(Norm norm) {
        return new BoundNorm(norm, weights, kernels);
    }

    Product product(Linear linear, MemorySegment out) {
        VectorRef bias = linear.bias();
        return new Product(weights.matrix(linear.weight()), bias == null ? null : weights.vector(bias), out);
    }

    /** One map of every expert. */
    GroupedProduct grouped(List<Linear> linears, MemorySegment out) {
        List<WeightMatrix> matrices = new ArrayList<>();
        List<MemorySegment> biases = new ArrayList<>();
        for (Linear linear : linears) {
            requireOwnOrder(linear);
            matrices.add(weights.matrix(linear.weight()));
            VectorRef bias = linear.bias();
            if (bias != null) {
                biases.add(weights.vector(bias));
            }
        }
        return new GroupedProduct(matrices, biases, out);
    }

    private void requireOwnOrder(Linear linear) {
        if (weights.order(linear.weight()).isPresent()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "Weight %s has g_idx; supported are experts whose inputs are in order"
                            .formatted(linear.weight().tensor()));
        }
    }

    /** Products over one input. */
    SharedInput sharing(List<Linear> linears, List<MemorySegment> outs) {
        Map<Optional<InputOrder>, List<Product>> products = new LinkedHashMap<>();
        for (int i = 0; i < linears.size(); i++) {
            Linear linear = linears.get(i);
            products.computeIfAbsent(weights.order(linear.weight()), order -> new ArrayList<>())
                    .add(product(linear, outs.get(i)));
        }
        List<SharedInput.Part> parts = new ArrayList<>();
        products.forEach((order, list) -> parts.add(new SharedInput.Part(order.orElse(null), list)));
        return new SharedInput(kernels, parts, work.ordered());
    }
}
