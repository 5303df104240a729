package dev.foretoken.nativeruntime.exec;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.adapters.AdapterSlots;
import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What sublayers are bound to: one model's weights, kernels, buffers and rotation tables.
 *
 * @param adapters what adapters add to linear maps; null: nothing
 * @param tap shown what flows; null: nobody looks. Where somebody does, there are no adapters
 * @param memory of so many bytes, as long as the runtime lasts
 */
record Binding(
        Network network,
        Kernels kernels,
        Workspace work,
        RotaryTables rotary,
        @Nullable AdapterSlots adapters,
        @Nullable ActivationTap tap,
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
    Binding withoutFollowers() {
        return new Binding(network, kernels, work, rotary, null, null, memory);
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

    /** What the product adds, which is multiplied by the map's scale after it. */
    @Nullable
    MemorySegment bias(Linear linear) {
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
            matrices.add(weights().matrix(linear.matrix()));
            VectorRef bias = linear.bias();
            if (bias != null) {
                biases.add(weights().vector(bias));
            }
        }
        return new GroupedProduct(matrices, biases, out);
    }

    private void requirePlain(Linear linear) {
        String tensor = linear.matrices().getFirst().tensor();
        if (linear.scale() != 1
                || linear.biasScale() != 1
                || linear.addition() != null
                || !(linear.weight() instanceof MatrixRef)) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "Weight %s of an expert is scaled by %s, has an addition or is made of several; supported are plain maps"
                            .formatted(tensor, linear.scale()));
        }
        if (weights().order(linear.matrix()).isPresent()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "Weight %s has g_idx; supported are experts whose inputs are in order".formatted(tensor));
        }
    }

    /** Products over one input. */
    SharedInput sharing(List<Linear> linears, List<MemorySegment> outs) {
        InputBinder binder = new InputBinder(this);
        for (int i = 0; i < linears.size(); i++) {
            binder.add(linears.get(i), outs.get(i));
        }
        return binder.bound(follower(linears, outs));
    }

    private @Nullable InputFollower follower(List<Linear> linears, List<MemorySegment> outs) {
        ActivationTap shown = tap;
        if (shown != null) {
            int width = linears.getFirst().inputs();
            List<Linear> maps = List.copyOf(linears);
            return (x, tokens) -> shown.input(maps, new ActivationTap.Rows(x, tokens, width));
        }
        AdapterSlots slots = adapters;
        if (slots == null) {
            return null;
        }
        List<WeightMatrix> matrices = linears.stream()
                .map(linear -> weights().matrix(linear.packed().getFirst()))
                .toList();
        AdapterSlots.Site site = slots.site(linears, matrices, outs);
        return (x, tokens) -> site.add(x);
    }
}
