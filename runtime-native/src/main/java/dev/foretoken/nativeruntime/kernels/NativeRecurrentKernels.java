package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.ffi.ArgumentBlock;
import dev.foretoken.nativeruntime.kernels.ffi.NativeContext;
import dev.foretoken.nativeruntime.kernels.ffi.NativeFunction;
import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.DeltaInputs;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.GatedNormWeights;
import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The same in C, on the workers of {@link NativeKernels}. */
final class NativeRecurrentKernels implements RecurrentKernels {

    private final NativeContext context;

    NativeRecurrentKernels(NativeContext context) {
        this.context = context;
    }

    @Override
    public void convolve(
            ConvolutionWeights weights, StateBatch batch, StateLayer state, MemorySegment x, MemorySegment out) {
        StateArguments.convolve(weights, batch, state, x, out);
        rows(batch, state)
                .pointer(x)
                .pointer(weights.weight())
                .pointer(weights.bias())
                .number(weights.channels())
                .number(weights.taps())
                .number(weights.silu() ? 1 : 0)
                .pointer(out);
        context.call(NativeFunction.CONVOLVE);
    }

    @Override
    public void selectiveScan(
            SelectiveScanWeights weights,
            StateBatch batch,
            StateLayer state,
            ScanInputs inputs,
            @Nullable MemorySegment gate,
            MemorySegment out) {
        StateArguments.selectiveScan(weights, batch, state, inputs, gate, out);
        scanned(rows(batch, state), inputs)
                .pointer(gate)
                .pointer(weights.a())
                .pointer(weights.d())
                .number(weights.channels())
                .number(weights.states())
                .number(weights.groups())
                .pointer(out);
        context.call(NativeFunction.SELECTIVE_SCAN);
    }

    @Override
    public void stateSpace(
            StateSpaceWeights weights, StateBatch batch, StateLayer state, ScanInputs inputs, MemorySegment out) {
        StateArguments.stateSpace(weights, batch, state, inputs, out);
        StateSpaceWeights.Shape shape = weights.shape();
        scanned(rows(batch, state), inputs)
                .pointer(weights.a())
                .pointer(weights.d())
                .pointer(weights.timeBias())
                .real(weights.timeLow())
                .real(weights.timeHigh())
                .number(shape.heads())
                .number(shape.headDim())
                .number(shape.states())
                .number(shape.groups())
                .pointer(out);
        context.call(NativeFunction.STATE_SPACE);
    }

    @Override
    public void deltaRule(
            DeltaRuleWeights weights, StateBatch batch, StateLayer state, DeltaInputs inputs, MemorySegment out) {
        StateArguments.deltaRule(weights, batch, state, inputs, out);
        DeltaRuleWeights.Shape shape = weights.shape();
        ArgumentBlock block = rows(batch, state);
        vectors(block, inputs.q());
        vectors(block, inputs.k());
        vectors(block, inputs.v());
        vectors(block, inputs.time());
        vectors(block, inputs.beta());
        block.pointer(weights.a())
                .pointer(weights.timeBias())
                .real(weights.epsilon())
                .number(shape.keyHeads())
                .number(shape.valueHeads())
                .number(shape.keyDim())
                .number(shape.valueDim())
                .pointer(out)
                .number(0)
                .pointer(null);
        context.call(NativeFunction.DELTA_RULE);
    }

    @Override
    public void gatedNorm(GatedNormWeights weights, MemorySegment x, MemorySegment gate, int rows, MemorySegment out) {
        StateArguments.gatedNorm(weights, x, gate, rows, out);
        context.block()
                .pointer(x)
                .pointer(gate)
                .pointer(weights.weight())
                .real(weights.epsilon())
                .number(rows)
                .number(weights.width())
                .number(weights.group())
                .number(weights.gateFirst() ? 1 : 0)
                .pointer(out);
        context.call(NativeFunction.GATED_NORM);
    }

    /** {@code ft_stateful}. */
    private ArgumentBlock rows(StateBatch batch, StateLayer state) {
        return context.block()
                .pointer(state.data())
                .number(state.floats())
                .number(batch.rows())
                .pointer(batch.tokenOffsets())
                .pointer(batch.tokenCounts())
                .pointer(batch.firstPositions())
                .pointer(batch.promptTokens())
                .pointer(batch.slots().units())
                .pointer(batch.slots().offsets())
                .number(batch.slots().stride());
    }

    private static ArgumentBlock scanned(ArgumentBlock block, ScanInputs inputs) {
        vectors(block, inputs.x());
        vectors(block, inputs.time());
        vectors(block, inputs.b());
        vectors(block, inputs.c());
        return block;
    }

    /** {@code ft_vectors}. */
    private static void vectors(ArgumentBlock block, TokenVectors vectors) {
        block.pointer(vectors.data()).number(vectors.stride());
    }
}
