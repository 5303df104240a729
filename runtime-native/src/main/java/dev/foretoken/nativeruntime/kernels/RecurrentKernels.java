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
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of layers that carry a state from token to token. Every method reads the state in each row's slot, computes the row's
 * tokens and leaves the state behind its last one; everything else as {@link Kernels} says. All sums are fp32 chains of fused multiply-adds
 * in the order given; decays are powers of two of {@code rate * log2 e}; powers, SiLU, sigmoid and softplus are the polynomials of
 * {@link dev.foretoken.nativeruntime.kernels.scalar.Exponential}.
 *
 * <p>Kernels with a chunked form refuse rows whose prompt part starts off the chunk grid or, short of the prompt's end, ends off it.
 */
public sealed interface RecurrentKernels permits ScalarRecurrentKernels, NativeRecurrentKernels {

    /**
     * {@code out[t, c] = act(bias[c] + sum_j weight[j, c] * x[t - taps + 1 + j, c])}, j ascending, inputs before the row's first from the state.
     *
     * @param state of {@link ConvolutionWeights#stateFloats}
     * @param x fp32 [tokens, channels]
     * @param out fp32 [tokens, channels], may be x
     */
    void convolve(ConvolutionWeights weights, StateBatch batch, StateLayer state, MemorySegment x, MemorySegment out);

    /**
     * Mamba's scan, one token after the other in every form: {@code dt = softplus(time)},
     * {@code h[n] = 2^(dt * (a[n] * log2 e)) * h[n] + (dt * x) * b[n]}, {@code y = sum_n h[n] * c[n] + d * x}, n ascending;
     * {@code out = y * silu(gate)}.
     *
     * @param state of {@link SelectiveScanWeights#stateFloats}
     * @param gate fp32 [tokens, channels], or null for {@code out = y}
     * @param out fp32 [tokens, channels], may be x or gate
     */
    void selectiveScan(
            SelectiveScanWeights weights,
            StateBatch batch,
            StateLayer state,
            ScanInputs inputs,
            @Nullable MemorySegment gate,
            MemorySegment out);

    /**
     * Mamba-2's scan: {@code dt = clamp(softplus(time + timeBias))}, {@code h[n, p] = exp(dt * a) * h[n, p] + b[n] * (dt * x[p])}, {@code out[p] =
     * sum_n h[n, p] * c[n] + d * x[p]}. Prompt positions in chunks of {@link StateSpaceWeights#CHUNK} as matrix products, the others so.
     *
     * @param state of {@link StateSpaceWeights.Shape#stateFloats}
     * @param out fp32 [tokens, heads, headDim], apart from the inputs
     */
    void stateSpace(
            StateSpaceWeights weights, StateBatch batch, StateLayer state, ScanInputs inputs, MemorySegment out);

    /**
     * The gated delta rule: q and k divided by their lengths, q also by {@code sqrt(keyDim)}; {@code h = exp(a * softplus(time + timeBias)) * h},
     * {@code u = sigmoid(beta) * (v - h^T k)}, {@code h = h + k u^T}, {@code out = h^T q}. Prompt positions in chunks of {@link
     * DeltaRuleWeights#CHUNK} as matrix products, the others so.
     *
     * @param state of {@link DeltaRuleWeights.Shape#stateFloats}
     * @param out fp32 [tokens, valueHeads, valueDim], apart from the inputs
     */
    void deltaRule(DeltaRuleWeights weights, StateBatch batch, StateLayer state, DeltaInputs inputs, MemorySegment out);

    /**
     * Norm and gate of every row by itself; no state.
     *
     * @param x fp32 [rows, width]
     * @param gate fp32 [rows, width]
     * @param out fp32 [rows, width], may be x or gate
     */
    void gatedNorm(GatedNormWeights weights, MemorySegment x, MemorySegment gate, int rows, MemorySegment out);
}
