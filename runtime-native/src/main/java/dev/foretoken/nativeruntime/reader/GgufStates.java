package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.GatedNorm;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Rates;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.registry.gguf.GgufMetadata;
import org.jspecify.annotations.Nullable;

/** Mixers that carry a state as ggml's converter stores them: rates as negative numbers, convolutions without their middle dimension. */
final class GgufStates {

    private final GgufMetadata metadata;
    private final String prefix;
    private final int hidden;
    private final int channels;
    private final int states;
    private final int taps;
    /** Rank of the time steps of Mamba, heads of the others. */
    private final int rank;

    private final int groups;

    /** {@code architecture}: what keys begin with. */
    GgufStates(GgufMetadata metadata, String architecture, int hidden) {
        this.metadata = metadata;
        this.prefix = architecture + ".ssm.";
        this.hidden = hidden;
        this.channels = size("inner_size");
        this.states = size("state_size");
        this.taps = size("conv_kernel");
        this.rank = size("time_step_rank");
        this.groups = metadata.integer(prefix + "group_count", 1, CheckpointConfig.MAX_SIZE, 1);
        requireFits("group_count * state_size", (long) groups * states);
    }

    private int size(String key) {
        return metadata.integer(prefix + key, 1, CheckpointConfig.MAX_SIZE / 8);
    }

    private void requireFits(String name, long width) {
        if (width > CheckpointConfig.MAX_SIZE / 8) {
            throw metadata.unsupported(prefix + name, "= " + width, "at most " + CheckpointConfig.MAX_SIZE / 8);
        }
    }

    Recurrent mixer(GgufLayer layer) {
        if (layer.has("ssm_ba.weight")) {
            return delta(layer);
        }
        return layer.has("ssm_x.weight") ? mamba(layer) : mamba2(layer);
    }

    private Mamba mamba(GgufLayer layer) {
        if (metadata.flag(prefix + "dt_b_c_rms", false)) {
            throw metadata.unsupported(
                    prefix + "dt_b_c_rms", "true", "false: norms of time steps, B and C have weights");
        }
        Linear input = layer.linear("ssm_in", 2 * channels, hidden);
        Linear mixed = layer.linear("ssm_x", rank + 2 * states, channels);
        Mamba.Maps maps = new Mamba.Maps(
                input.outputs(0, channels),
                input.outputs(channels, channels),
                mixed.outputs(0, rank),
                mixed.outputs(rank, states),
                mixed.outputs(rank + states, states),
                layer.linear("ssm_dt", channels, rank),
                layer.linear("ssm_out", hidden, channels));
        Mamba.Scan scan = new Mamba.Scan(
                channels,
                states,
                new Rates(layer.vector("ssm_a", channels, states), false),
                layer.vector("ssm_d", channels));
        Mamba.Norms norms = new Mamba.Norms(
                normOrNull(layer, "ssm_dt_norm.weight", rank),
                normOrNull(layer, "ssm_b_norm.weight", states),
                normOrNull(layer, "ssm_c_norm.weight", states));
        return new Mamba(maps, convolution(layer, channels), scan, norms);
    }

    private static @Nullable Norm normOrNull(GgufLayer layer, String tensor, int width) {
        return layer.has(tensor) ? layer.norm(tensor, width) : null;
    }

    private Mamba2 mamba2(GgufLayer layer) {
        if (channels % rank != 0 || channels % groups != 0) {
            throw metadata.unsupported(
                    prefix + "inner_size",
                    Integer.toString(channels),
                    "a multiple of time_step_rank, %d, and of group_count, %d".formatted(rank, groups));
        }
        int joint = channels + 2 * groups * states;
        Linear all = layer.linear("ssm_in", channels + joint + rank, hidden);
        Mamba2.Maps maps = new Mamba2.Maps(
                all.outputs(0, channels),
                all.outputs(channels, joint),
                all.outputs(channels + joint, rank),
                layer.linear("ssm_out", hidden, channels));
        Mamba2.Steps steps = new Mamba2.Steps(layer.vector("ssm_dt.bias", rank), 0, Float.POSITIVE_INFINITY);
        Mamba2.Scan scan = new Mamba2.Scan(
                rank,
                channels / rank,
                states,
                groups,
                new Rates(layer.vector("ssm_a", rank, 1), false),
                layer.vector("ssm_d", rank, 1),
                steps);
        return new Mamba2(maps, convolution(layer, joint), scan, gate(layer));
    }

    /** Rows of the weight are normalised by themselves. */
    private @Nullable GatedNorm gate(GgufLayer layer) {
        if (!layer.has("ssm_norm.weight")) {
            return null;
        }
        int group = channels / groups;
        VectorRef weight = layer.vector("ssm_norm.weight", groups, group);
        return new GatedNorm(Norm.rms(weight, layer.epsilon()), group, true);
    }

    private DeltaNet delta(GgufLayer layer) {
        DeltaMixers.Sizes sizes =
                new DeltaMixers.Sizes(hidden, groups, rank, states, channels / rank, taps, layer.epsilon());
        if (sizes.valueHeads() % sizes.keyHeads() != 0 || sizes.valueWidth() != channels) {
            throw metadata.unsupported(
                    prefix + "inner_size",
                    Integer.toString(channels),
                    "a multiple of time_step_rank, %d, which is one of group_count, %d".formatted(rank, groups));
        }
        DeltaNet.Rule rule = new DeltaNet.Rule(
                groups,
                rank,
                states,
                sizes.valueDim(),
                new Rates(layer.vector("ssm_a", rank), false),
                layer.vector("ssm_dt.bias", rank));
        return new DeltaNet(
                maps(layer, sizes),
                DeltaMixers.inputs(layer.vector("ssm_conv1d.weight", 2L * sizes.keyWidth() + channels, taps), sizes),
                rule,
                new GatedNorm(layer.norm("ssm_norm.weight", sizes.valueDim()), sizes.valueDim(), false));
    }

    /** Older files have the first four maps as checkpoints do. */
    private DeltaNet.Maps maps(GgufLayer layer, DeltaMixers.Sizes sizes) {
        int key = sizes.keyWidth();
        Linear small = layer.linear("ssm_ba", 2 * rank, hidden);
        Linear output = layer.linear("ssm_out", hidden, channels);
        if (layer.has("ssm_in.weight")) {
            return DeltaMixers.maps(layer.linear("ssm_in", 2 * (key + channels), hidden), small, output, sizes);
        }
        Linear all = layer.linear("attn_qkv", 2 * key + channels, hidden);
        return new DeltaNet.Maps(
                all.outputs(0, key),
                all.outputs(key, key),
                all.outputs(2 * key, channels),
                layer.linear("attn_gate", channels, hidden),
                DeltaMixers.strengths(small, sizes),
                DeltaMixers.times(small, sizes),
                output);
    }

    private Convolution convolution(GgufLayer layer, int width) {
        return new Convolution(
                layer.vector("ssm_conv1d.weight", width, taps),
                layer.has("ssm_conv1d.bias") ? layer.vector("ssm_conv1d.bias", width) : null,
                width,
                taps);
    }
}
