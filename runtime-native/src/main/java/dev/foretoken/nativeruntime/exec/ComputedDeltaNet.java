package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.StateLayout;
import dev.foretoken.nativeruntime.kernels.RecurrentKernels;
import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.DeltaInputs;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.GatedNormWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.GatedNorm;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** {@link DeltaNet}. */
final class ComputedDeltaNet implements ComputedMixer {

    /** Added to the square sums that queries and keys are divided by. */
    private static final float EPSILON = 1e-6f;

    private final RecurrentKernels kernels;
    private final StatePlace place;
    private final List<ConvolutionWeights> convolutions = new ArrayList<>();
    /** Query, key and value: what each convolution works on. */
    private final MemorySegment[] convolved;

    private final DeltaRuleWeights rule;
    private final GatedNormWeights norm;
    private final DeltaInputs inputs;
    private final MemorySegment gate;
    private final MemorySegment y;
    private final SharedInput projected;
    private final SharedInput output;

    ComputedDeltaNet(DeltaNet delta, StatePlace place, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels().recurrent();
        this.place = place;
        StateWeights prepared = binding.stateWeights();
        for (Convolution convolution : delta.convolutions()) {
            convolutions.add(prepared.convolution(convolution));
        }
        DeltaNet.Rule sizes = delta.rule();
        this.rule = new DeltaRuleWeights(
                StateLayout.shape(sizes),
                prepared.rates(sizes.rates()),
                binding.weights().vector(sizes.timeBias()),
                EPSILON);
        this.norm = norm(delta.norm(), sizes.valueDim(), binding);
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(delta));
        this.convolved = new MemorySegment[] {parts[0], parts[1], parts[2]};
        this.gate = parts[3];
        MemorySegment beta = parts[4];
        MemorySegment time = parts[5];
        this.y = parts[6];
        this.inputs = new DeltaInputs(
                TokenVectors.of(parts[0], sizes.keyWidth()),
                TokenVectors.of(parts[1], sizes.keyWidth()),
                TokenVectors.of(parts[2], sizes.valueWidth()),
                TokenVectors.of(time, sizes.valueHeads()),
                TokenVectors.of(beta, sizes.valueHeads()));
        DeltaNet.Maps maps = delta.maps();
        this.projected = binding.sharing(
                List.of(maps.query(), maps.key(), maps.value(), maps.gate(), maps.beta(), maps.time()),
                List.of(parts[0], parts[1], parts[2], gate, beta, time));
        this.output = binding.sharing(List.of(maps.output()), List.of(out));
    }

    /** Rows of the norm are heads. */
    private static GatedNormWeights norm(GatedNorm norm, int valueDim, Binding binding) {
        return new GatedNormWeights(
                valueDim,
                norm.group(),
                binding.weights().vector(norm.norm().weight()),
                norm.norm().epsilon(),
                norm.gateFirst());
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        StateBatch batch = step.states();
        projected.multiply(input, tokens);
        for (int i = 0; i < convolved.length; i++) {
            kernels.convolve(convolutions.get(i), batch, place.layer(i), convolved[i], convolved[i]);
        }
        kernels.deltaRule(rule, batch, place.layer(convolved.length), inputs, y);
        kernels.gatedNorm(norm, y, gate, tokens * rule.shape().valueHeads(), y);
        output.multiply(y, tokens);
    }
}
