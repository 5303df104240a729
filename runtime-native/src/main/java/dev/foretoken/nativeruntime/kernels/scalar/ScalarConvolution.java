package dev.foretoken.nativeruntime.kernels.scalar;

import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import java.lang.foreign.MemorySegment;

/** Causal convolution of single channels. */
public final class ScalarConvolution {
    private ScalarConvolution() {}

    public static void convolve(
            ConvolutionWeights weights, StateBatch batch, StateLayer state, MemorySegment x, MemorySegment out) {
        float[] taps = FloatRows.read(weights.weight(), 0, weights.taps() * weights.channels());
        float[] bias = FloatRows.readOrZeros(weights.bias(), weights.channels());
        for (int row = 0; row < batch.rows(); row++) {
            long slot = (long) batch.slot(row) * state.floats();
            float[] window = FloatRows.read(state.data(), slot, state.floats());
            for (int i = 0; i < batch.tokenCount(row); i++) {
                long token = (batch.tokenOffset(row) + (long) i) * weights.channels();
                float[] input = FloatRows.read(x, token, weights.channels());
                FloatRows.write(outputs(weights, taps, bias, window, input), out, token);
                shift(window, input);
            }
            FloatRows.write(window, state.data(), slot);
        }
    }

    private static float[] outputs(
            ConvolutionWeights weights, float[] taps, float[] bias, float[] window, float[] input) {
        int channels = weights.channels();
        float[] result = new float[channels];
        int newest = (weights.taps() - 1) * channels;
        for (int c = 0; c < channels; c++) {
            float sum = bias[c];
            for (int at = c; at < newest; at += channels) {
                sum = Math.fma(taps[at], window[at], sum);
            }
            sum = Math.fma(taps[newest + c], input[c], sum);
            result[c] = weights.silu() ? Exponential.silu(sum) : sum;
        }
        return result;
    }

    /** Drops the oldest input and appends the newest. */
    private static void shift(float[] window, float[] input) {
        System.arraycopy(window, input.length, window, 0, window.length - input.length);
        System.arraycopy(input, 0, window, window.length - input.length, input.length);
    }
}
