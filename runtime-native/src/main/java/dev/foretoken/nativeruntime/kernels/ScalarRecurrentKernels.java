package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.DeltaInputs;
import dev.foretoken.nativeruntime.kernels.layout.DeltaRuleWeights;
import dev.foretoken.nativeruntime.kernels.layout.GatedNormWeights;
import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.StateSpaceWeights;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarConvolution;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarDeltaRule;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarGatedNorm;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarSelectiveScan;
import dev.foretoken.nativeruntime.kernels.scalar.ScalarStateSpace;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The oracle, in plain loops on the caller's thread. */
public non-sealed class ScalarRecurrentKernels implements RecurrentKernels {

    @Override
    public void convolve(
            ConvolutionWeights weights, StateBatch batch, StateLayer state, MemorySegment x, MemorySegment out) {
        StateArguments.convolve(weights, batch, state, x, out);
        ScalarConvolution.convolve(weights, batch, state, x, out);
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
        ScalarSelectiveScan.scan(weights, batch, state, inputs, gate, out);
    }

    @Override
    public void stateSpace(
            StateSpaceWeights weights, StateBatch batch, StateLayer state, ScanInputs inputs, MemorySegment out) {
        StateArguments.stateSpace(weights, batch, state, inputs, out);
        ScalarStateSpace.scan(weights, batch, state, inputs, out);
    }

    @Override
    public void deltaRule(
            DeltaRuleWeights weights, StateBatch batch, StateLayer state, DeltaInputs inputs, MemorySegment out) {
        StateArguments.deltaRule(weights, batch, state, inputs, out);
        ScalarDeltaRule.scan(weights, batch, state, inputs, out);
    }

    @Override
    public void gatedNorm(GatedNormWeights weights, MemorySegment x, MemorySegment gate, int rows, MemorySegment out) {
        StateArguments.gatedNorm(weights, x, gate, rows, out);
        ScalarGatedNorm.norm(weights, x, gate, rows, out);
    }
}
