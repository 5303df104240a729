package dev.foretoken.nativeruntime.exec;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.adapters.AdapterSlots;
import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.LowRank;
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
import org.jspecify.annotations.Nullable;

/**
 * What sublayers are bound to: one model's weights, kernels, buffers and rotation tables.
 *
 * @param adapters what adapters add to linear maps; null: nothing
 * @param memory of so many bytes, as long as the runtime lasts
 */
record Binding(
        Network network,
        Kernels kernels,
        Workspace work,
        RotaryTables rotary,
        @Nullable AdapterSlots adapters,
        LongFunction<MemorySegment> memory) {

    PackedWeights weights() {
        return network.weights();
    }

    int hidden() {
        return network.plan().hiddenSize();
    }

    StrategyTable strategies() {
        return network.strategies();
    }

    /** For maps whose rows are not the tokens of the step, as the head's. */
    Binding withoutAdapters() {
        return new Binding(network, kernels, work, rotary, null, memory);
    }

    /** In memory that lasts as long as the runtime. */
    StateWeights stateWeights() {
        return new StateWeights(weights(), memory);
    }

    Residual residual(Sublayer sublayer) {
        return new Residual(sublayer, hidden(), weights(), kernels, work);
    }

    BoundNorm norm(Norm norm) {
        return new BoundNorm(norm, weights(), kernels);
    }

    Product product(Linear linear, MemorySegment out) {
        return new Product(weights().matrix(linear.weight()), bias(linear), out);
    }

    /** What the product adds, which is multiplied by the map's scale after it. */
    private @Nullable MemorySegment bias(Linear linear) {
        VectorRef bias = linear.bias();
        float factor = linear.biasScale() / linear.scale();
        if (bias == null || factor == 1) {
            return bias == null ? null : weights().vector(bias);
        }
        MemorySegment stored = weights().vector(bias);
        MemorySegment made = memory.apply((long) bias.size() * Float.BYTES);
        for (int i = 0; i < bias.size(); i++) {
            made.setAtIndex(JAVA_FLOAT, i, factor * stored.getAtIndex(JAVA_FLOAT, i));
        }
        return made;
    }

    /** One map of every expert. */
    GroupedProduct grouped(List<Linear> linears, MemorySegment out) {
        List<WeightMatrix> matrices = new ArrayList<>();
        List<MemorySegment> biases = new ArrayList<>();
        for (Linear linear : linears) {
            requirePlain(linear);
            matrices.add(weights().matrix(linear.weight()));
            VectorRef bias = linear.bias();
            if (bias != null) {
                biases.add(weights().vector(bias));
            }
        }
        return new GroupedProduct(matrices, biases, out);
    }

    private void requirePlain(Linear linear) {
        if (linear.scale() != 1 || linear.biasScale() != 1 || linear.addition() != null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "Weight %s of an expert is scaled by %s or has an addition; supported are plain maps"
                            .formatted(linear.weight().tensor(), linear.scale()));
        }
        if (weights().order(linear.weight()).isPresent()) {
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
            products.computeIfAbsent(weights().order(linear.weight()), order -> new ArrayList<>())
                    .add(product(linear, outs.get(i)));
        }
        List<SharedInput.Addition> additions = new ArrayList<>();
        List<SharedInput.Scale> scales = new ArrayList<>();
        for (int i = 0; i < linears.size(); i++) {
            Linear linear = linears.get(i);
            LowRank added = linear.addition();
            if (added != null) {
                additions.add(addition(added, outs.get(i)));
            }
            if (linear.scale() != 1) {
                scales.add(new SharedInput.Scale(outs.get(i), linear.outputs(), linear.scale()));
            }
        }
        List<SharedInput.Part> parts = new ArrayList<>();
        products.forEach((order, list) -> parts.add(new SharedInput.Part(order.orElse(null), list)));
        return new SharedInput(kernels, parts, additions, scales, work.ordered(), site(linears, outs));
    }

    private AdapterSlots.@Nullable Site site(List<Linear> linears, List<MemorySegment> outs) {
        AdapterSlots slots = adapters;
        if (slots == null) {
            return null;
        }
        List<WeightMatrix> matrices = linears.stream()
                .map(linear -> weights().matrix(linear.weight()))
                .toList();
        return slots.site(linears, matrices, outs);
    }

    private SharedInput.Addition addition(LowRank added, MemorySegment out) {
        int width = added.up().rows();
        MemorySegment lifted = work.sides().lifted();
        MemorySegment low = lifted.asSlice((long) work.tokens() * width * Float.BYTES);
        return new SharedInput.Addition(
                sharing(List.of(new Linear(added.down(), null)), List.of(low)),
                low,
                sharing(List.of(new Linear(added.up(), null)), List.of(lifted)),
                lifted,
                out,
                width);
    }
}
