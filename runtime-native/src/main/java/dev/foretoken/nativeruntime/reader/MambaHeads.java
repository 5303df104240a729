package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Rates;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.MambaSizes;
import org.jspecify.annotations.Nullable;

/** Mamba in heads, each a mixer of its own over a share of the channels. Rows of {@code in_proj} take turns: input, gate. */
final class MambaHeads {

    private final String prefix;
    private final MambaSizes sizes;
    private final int count;
    private final int head;
    private final int width;

    private MambaHeads(String prefix, MambaSizes sizes, int count, int head) {
        this.prefix = prefix;
        this.sizes = sizes;
        this.count = count;
        this.head = head;
        this.width = sizes.channels() / count;
    }

    /** {@code prefix}: of the mixer's tensors, without the dot; {@code count}: of heads. */
    static Mamba head(String prefix, MambaSizes sizes, int count, int head) {
        MambaHeads one = new MambaHeads(prefix, sizes, count, head);
        return new Mamba(one.maps(), one.convolution(), one.scan(), Mamba.Norms.NONE);
    }

    private Mamba.Maps maps() {
        int rank = sizes.rank();
        int states = sizes.states();
        Linear mixed =
                new Linear(MatrixRef.slice(prefix + ".x_proj_weight", count, head, rank + 2 * states, width), null);
        Linear widened = new Linear(
                MatrixRef.slice(prefix + ".dt_proj_weight", count, head, width, rank),
                share(VectorRef.all(prefix + ".dt_proj_bias", count, width), width));
        return new Mamba.Maps(
                input(0),
                input(1),
                mixed.outputs(0, rank),
                mixed.outputs(rank, states),
                mixed.outputs(rank + states, states),
                widened,
                output());
    }

    /** {@code turn}: 0 of the input, 1 of the gate. */
    private Linear input(int turn) {
        int channels = 2 * sizes.channels();
        int first = 2 * head * width + turn;
        MatrixRef all = new MatrixRef(prefix + ".in_proj.weight", channels, sizes.hidden());
        VectorRef bias = sizes.bias() ? new VectorRef(prefix + ".in_proj.bias", channels) : null;
        return new Linear(all.rows(first, 2, width), bias == null ? null : bias.slice(first, 2, width));
    }

    /** Results of heads are summed: the bias is added once. */
    private Linear output() {
        MatrixRef all = new MatrixRef(prefix + ".out_proj.weight", sizes.hidden(), sizes.channels());
        boolean bias = sizes.bias() && head == 0;
        return new Linear(
                all.columns(head * width, width),
                bias ? new VectorRef(prefix + ".out_proj.bias", sizes.hidden()) : null);
    }

    private Mamba.Scan scan() {
        int states = sizes.states();
        return new Mamba.Scan(
                width,
                states,
                new Rates(share(VectorRef.all(prefix + ".A_log", count, width, states), width * states), true),
                share(VectorRef.all(prefix + ".D", count, width), width));
    }

    private Convolution convolution() {
        int taps = sizes.taps();
        VectorRef weight = VectorRef.all(prefix + ".conv1d.weight", sizes.channels(), 1, taps);
        @Nullable
        VectorRef bias = sizes.convolutionBias() ? new VectorRef(prefix + ".conv1d.bias", sizes.channels()) : null;
        return new Convolution(share(weight, width * taps), bias == null ? null : share(bias, width), width, taps);
    }

    private VectorRef share(VectorRef all, int size) {
        return all.slice(head * size, size);
    }
}
