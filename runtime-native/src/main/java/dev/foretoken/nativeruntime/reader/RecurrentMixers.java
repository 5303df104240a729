package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.GatedNorm;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Rates;
import dev.foretoken.nativeruntime.plan.VectorRef;
import org.jspecify.annotations.Nullable;

/** Mamba and Mamba-2 mixers as Hugging Face checkpoints store them: fused input maps, taken apart into views. */
final class RecurrentMixers {

    private RecurrentMixers() {}

    /**
     * Sizes of a Mamba mixer.
     *
     * @param rank inputs of {@code dt_proj}
     * @param bias of {@code in_proj} and {@code out_proj}
     */
    record MambaSizes(
            int hidden, int channels, int states, int rank, int taps, boolean bias, boolean convolutionBias) {}

    /**
     * Sizes of a Mamba-2 mixer.
     *
     * @param norm of the gate: group size and order; null if there is none
     */
    record Mamba2Sizes(
            int hidden,
            Heads heads,
            int taps,
            Biases bias,
            boolean convolutionBias,
            Limits limits,
            @Nullable Gate norm) {}

    /** Heads of a Mamba-2 mixer. */
    record Heads(int count, int dim, int states, int groups) {
        int channels() {
            return Math.multiplyExact(count, dim);
        }
    }

    /** Of {@code in_proj} and {@code out_proj}. */
    record Biases(boolean input, boolean output) {}

    /** Of time steps. */
    record Limits(float low, float high) {}

    /** The norm that meets the gate. */
    record Gate(int group, boolean first, float epsilon) {}

    /** {@code prefix}: of the mixer's tensors, without the dot. */
    static Mamba mamba(String prefix, MambaSizes sizes, Mamba.Norms inner) {
        int channels = sizes.channels;
        int states = sizes.states;
        int rank = sizes.rank;
        Linear input = linear(prefix + ".in_proj", 2 * channels, sizes.hidden, sizes.bias);
        Linear mixed = linear(prefix + ".x_proj", rank + 2 * states, channels, false);
        Mamba.Maps maps = new Mamba.Maps(
                rows(input, 0, channels),
                rows(input, channels, channels),
                rows(mixed, 0, rank),
                rows(mixed, rank, states),
                rows(mixed, rank + states, states),
                linear(prefix + ".dt_proj", channels, rank, true),
                linear(prefix + ".out_proj", sizes.hidden, channels, sizes.bias));
        Mamba.Scan scan = new Mamba.Scan(
                channels,
                states,
                new Rates(VectorRef.all(prefix + ".A_log", channels, states), true),
                new VectorRef(prefix + ".D", channels));
        return new Mamba(maps, convolution(prefix, channels, sizes.taps, sizes.convolutionBias), scan, inner);
    }

    /** {@code prefix}: of the mixer's tensors, without the dot. */
    static Mamba2 mamba2(String prefix, Mamba2Sizes sizes) {
        Heads heads = sizes.heads;
        int channels = heads.channels();
        int joint = channels + 2 * heads.groups * heads.states;
        Linear fused = linear(prefix + ".in_proj", channels + joint + heads.count, sizes.hidden, sizes.bias.input);
        Mamba2.Maps maps = new Mamba2.Maps(
                rows(fused, 0, channels),
                rows(fused, channels, joint),
                rows(fused, channels + joint, heads.count),
                linear(prefix + ".out_proj", sizes.hidden, channels, sizes.bias.output));
        Mamba2.Scan scan = new Mamba2.Scan(
                heads.count,
                heads.dim,
                heads.states,
                heads.groups,
                new Rates(new VectorRef(prefix + ".A_log", heads.count), true),
                new VectorRef(prefix + ".D", heads.count),
                new Mamba2.Steps(new VectorRef(prefix + ".dt_bias", heads.count), sizes.limits.low, sizes.limits.high));
        return new Mamba2(
                maps, convolution(prefix, joint, sizes.taps, sizes.convolutionBias), scan, gate(prefix, sizes));
    }

    private static @Nullable GatedNorm gate(String prefix, Mamba2Sizes sizes) {
        Gate gate = sizes.norm;
        if (gate == null) {
            return null;
        }
        VectorRef weight = new VectorRef(prefix + ".norm.weight", sizes.heads.channels());
        return new GatedNorm(Norm.rms(weight, gate.epsilon), gate.group, gate.first);
    }

    private static Convolution convolution(String prefix, int channels, int taps, boolean bias) {
        return new Convolution(
                VectorRef.all(prefix + ".conv1d.weight", channels, 1, taps),
                bias ? new VectorRef(prefix + ".conv1d.bias", channels) : null,
                channels,
                taps);
    }

    private static Linear linear(String name, int outputs, int inputs, boolean bias) {
        return new Linear(
                new MatrixRef(name + ".weight", outputs, inputs), bias ? new VectorRef(name + ".bias", outputs) : null);
    }

    /** Some outputs of a map. */
    private static Linear rows(Linear linear, int first, int count) {
        VectorRef bias = linear.bias();
        return new Linear(linear.weight().rows(first, count), bias == null ? null : bias.slice(first, count));
    }
}
