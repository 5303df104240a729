package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Recurrent;
import java.util.ArrayList;
import java.util.List;

/**
 * The states of one sequence, in fp32: for each recurrent mixer of a plan in order the inputs that its convolutions still need, then the state
 * of its scan. All of them are one cache kind; a unit of it is a slot.
 *
 * @param floats of one slot: {@code floats.get(mixer).get(state)}
 * @param chunk positions of a prompt that are computed together, at absolute multiples; 1 where every scan takes one token after the other,
 *     which gives the same bits in every form
 */
public record StateLayout(List<List<Integer>> floats, int chunk) {

    public StateLayout {
        floats = floats.stream().map(List::copyOf).toList();
    }

    public static StateLayout of(ModelPlan plan) {
        List<List<Integer>> floats = new ArrayList<>();
        int chunk = 1;
        for (Recurrent mixer : plan.recurrents()) {
            List<Integer> states = new ArrayList<>();
            for (Convolution convolution : mixer.convolutions()) {
                states.add(ConvolutionWeights.stateFloats(convolution.channels(), convolution.taps()));
            }
            states.add(scanFloats(mixer));
            floats.add(states);
            chunk = Math.max(chunk, chunk(mixer));
        }
        return new StateLayout(floats, chunk);
    }

    private static int scanFloats(Recurrent mixer) {
        return switch (mixer) {
            case Mamba mamba ->
                SelectiveScanWeights.stateFloats(
                        mamba.scan().channels(), mamba.scan().states());
            case Mamba2 mamba2 -> shape(mamba2.scan()).stateFloats();
            case DeltaNet delta -> shape(delta.rule()).stateFloats();
        };
    }

    private static int chunk(Recurrent mixer) {
        return switch (mixer) {
            case Mamba mamba -> 1;
            case Mamba2 mamba2 -> StateSpaceWeights.CHUNK;
            case DeltaNet delta -> DeltaRuleWeights.CHUNK;
        };
    }

    /** Sizes as the kernel has them. */
    public static StateSpaceWeights.Shape shape(Mamba2.Scan scan) {
        return new StateSpaceWeights.Shape(scan.heads(), scan.headDim(), scan.states(), scan.groups());
    }

    /** Sizes as the kernel has them. */
    public static DeltaRuleWeights.Shape shape(DeltaNet.Rule rule) {
        return new DeltaRuleWeights.Shape(rule.keyHeads(), rule.valueHeads(), rule.keyDim(), rule.valueDim());
    }

    public boolean isEmpty() {
        return floats.isEmpty();
    }

    public long slotBytes() {
        long sum = 0;
        for (List<Integer> states : floats) {
            for (int state : states) {
                sum += (long) state * Float.BYTES;
            }
        }
        return sum;
    }

    CacheKind kind() {
        return new CacheKind.RecurrentState(floats.size(), slotBytes(), chunk == 1);
    }
}
