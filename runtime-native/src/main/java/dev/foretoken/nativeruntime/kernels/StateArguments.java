package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.Bounds;
import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.DeltaInputs;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.GatedNormWeights;
import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** As {@link Arguments}, for {@link RecurrentKernels}. */
final class StateArguments {
    private StateArguments() {}

    static void convolve(
            ConvolutionWeights weights, StateBatch batch, StateLayer state, MemorySegment x, MemorySegment out) {
        rows(batch, state, weights.stateFloats(), 1);
        long floats = (long) batch.endToken() * weights.channels();
        Bounds.floats("x", x, floats);
        Bounds.writableFloats("out", out, floats);
    }

    static void selectiveScan(
            SelectiveScanWeights weights,
            StateBatch batch,
            StateLayer state,
            ScanInputs inputs,
            @Nullable MemorySegment gate,
            MemorySegment out) {
        rows(batch, state, weights.stateFloats(), 1);
        int tokens = batch.endToken();
        inputs.require(tokens, weights.channels(), weights.channels(), weights.groups() * weights.states());
        long floats = (long) tokens * weights.channels();
        if (gate != null) {
            Bounds.floats("gate", gate, floats);
        }
        Bounds.writableFloats("out", out, floats);
    }

    static void stateSpace(
            StateSpaceWeights weights, StateBatch batch, StateLayer state, ScanInputs inputs, MemorySegment out) {
        StateSpaceWeights.Shape shape = weights.shape();
        rows(batch, state, shape.stateFloats(), StateSpaceWeights.CHUNK);
        int tokens = batch.endToken();
        inputs.require(tokens, shape.channels(), shape.heads(), shape.groups() * shape.states());
        Bounds.writableFloats("out", out, (long) tokens * shape.channels());
    }

    static void deltaRule(
            DeltaRuleWeights weights, StateBatch batch, StateLayer state, DeltaInputs inputs, MemorySegment out) {
        DeltaRuleWeights.Shape shape = weights.shape();
        rows(batch, state, shape.stateFloats(), DeltaRuleWeights.CHUNK);
        int tokens = batch.endToken();
        inputs.require(tokens, shape);
        Bounds.writableFloats("out", out, (long) tokens * shape.valueWidth());
    }

    static void gatedNorm(GatedNormWeights weights, MemorySegment x, MemorySegment gate, int rows, MemorySegment out) {
        Bounds.positive("rows", rows);
        long floats = (long) rows * weights.width();
        Bounds.floats("x", x, floats);
        Bounds.floats("gate", gate, floats);
        Bounds.writableFloats("out", out, floats);
    }

    private static void rows(StateBatch batch, StateLayer state, int floats, int chunk) {
        if (state.floats() != floats) {
            throw new IllegalArgumentException("a slot has %d floats, must have %d".formatted(state.floats(), floats));
        }
        for (int row = 0; row < batch.rows(); row++) {
            row(batch, row, state.slots(), chunk);
        }
    }

    private static void row(StateBatch batch, int row, int slots, int chunk) {
        if (batch.tokenOffset(row) < 0 || batch.tokenCount(row) <= 0 || batch.firstPosition(row) < 0) {
            throw new IllegalArgumentException("row %d owns %d tokens from token %d, position %d"
                    .formatted(row, batch.tokenCount(row), batch.tokenOffset(row), batch.firstPosition(row)));
        }
        if (batch.slot(row) < 0 || batch.slot(row) >= slots) {
            throw new IllegalArgumentException("row %d has slot %d of %d".formatted(row, batch.slot(row), slots));
        }
        int prompt = batch.promptPart(row);
        boolean starts = prompt == 0 || batch.firstPosition(row) % chunk == 0;
        int end = batch.endPosition(row);
        if (!starts || (end < batch.promptTokens(row) && end % chunk != 0)) {
            throw new IllegalArgumentException("row %d covers positions [%d, %d) of a prompt of %d, off the grid of %d"
                    .formatted(row, batch.firstPosition(row), end, batch.promptTokens(row), chunk));
        }
    }
}
