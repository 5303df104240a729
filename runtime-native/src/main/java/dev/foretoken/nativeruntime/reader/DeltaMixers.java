package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.GatedNorm;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Rates;
import dev.foretoken.nativeruntime.plan.VectorRef;

/** Mixers of the gated delta rule as Hugging Face checkpoints store them: rows of the fused input maps belong to one key head after the other. */
final class DeltaMixers {

    /**
     * Sizes.
     *
     * @param taps of the convolution
     * @param epsilon of the norm of what heads give
     */
    record Sizes(int hidden, int keyHeads, int valueHeads, int keyDim, int valueDim, int taps, float epsilon) {
        int keyWidth() {
            return Math.multiplyExact(keyHeads, keyDim);
        }

        int valueWidth() {
            return Math.multiplyExact(valueHeads, valueDim);
        }

        /** Value heads of a key head. */
        int share() {
            return valueHeads / keyHeads;
        }
    }

    private DeltaMixers() {}

    /** {@code prefix}: of the mixer's tensors, with its dot. */
    static DeltaNet of(String prefix, Sizes sizes) {
        DeltaNet.Rule rule = new DeltaNet.Rule(
                sizes.keyHeads,
                sizes.valueHeads,
                sizes.keyDim,
                sizes.valueDim,
                new Rates(new VectorRef(prefix + "A_log", sizes.valueHeads), true),
                new VectorRef(prefix + "dt_bias", sizes.valueHeads));
        Norm norm = Norm.rms(new VectorRef(prefix + "norm.weight", sizes.valueDim), sizes.epsilon);
        int width = sizes.valueWidth();
        VectorRef channels = VectorRef.all(prefix + "conv1d.weight", 2L * sizes.keyWidth() + width, 1, sizes.taps);
        return new DeltaNet(
                maps(
                        linear(prefix + "in_proj_qkvz", 2 * (sizes.keyWidth() + width), sizes.hidden),
                        linear(prefix + "in_proj_ba", 2 * sizes.valueHeads, sizes.hidden),
                        linear(prefix + "out_proj", sizes.hidden, width),
                        sizes),
                inputs(channels, sizes),
                rule,
                new GatedNorm(norm, sizes.valueDim, false));
    }

    /** Of each key head in turn: query, key, its values, their gates; strengths of its value heads, their time steps. */
    static DeltaNet.Maps maps(Linear fused, Linear small, Linear output, Sizes sizes) {
        int key = sizes.keyDim;
        int value = sizes.share() * sizes.valueDim;
        int step = 2 * (key + value);
        int width = sizes.valueWidth();
        return new DeltaNet.Maps(
                fused.outputBlocks(0, key, step, sizes.keyWidth()),
                fused.outputBlocks(key, key, step, sizes.keyWidth()),
                fused.outputBlocks(2 * key, value, step, width),
                fused.outputBlocks(2 * key + value, value, step, width),
                strengths(small, sizes),
                times(small, sizes),
                output);
    }

    static Linear strengths(Linear small, Sizes sizes) {
        return small.outputBlocks(0, sizes.share(), 2 * sizes.share(), sizes.valueHeads);
    }

    static Linear times(Linear small, Sizes sizes) {
        return small.outputBlocks(sizes.share(), sizes.share(), 2 * sizes.share(), sizes.valueHeads);
    }

    /** Channels are queries, keys and values behind one another. */
    static DeltaNet.Inputs inputs(VectorRef all, Sizes sizes) {
        int key = sizes.keyWidth();
        int value = sizes.valueWidth();
        return new DeltaNet.Inputs(
                convolution(all, 0, key, sizes.taps),
                convolution(all, key, key, sizes.taps),
                convolution(all, 2 * key, value, sizes.taps));
    }

    private static Convolution convolution(VectorRef all, int first, int channels, int taps) {
        return new Convolution(all.slice(first * taps, channels * taps), null, channels, taps);
    }

    private static Linear linear(String name, int outputs, int inputs) {
        return new Linear(new MatrixRef(name + ".weight", outputs, inputs), null);
    }
}
