package dev.foretoken.nativeruntime.kernels.scalar;

import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Mamba's scan, token by token. */
public final class ScalarSelectiveScan {

    private final SelectiveScanWeights weights;
    /** Rates for powers of two. */
    private final float[] a;

    private final float[] d;

    private ScalarSelectiveScan(SelectiveScanWeights weights) {
        this.weights = weights;
        this.a = FloatRows.read(weights.a(), 0, weights.stateFloats());
        for (int i = 0; i < a.length; i++) {
            a[i] = a[i] * Exponential.LOG2_E;
        }
        this.d = FloatRows.read(weights.d(), 0, weights.channels());
    }

    public static void scan(
            SelectiveScanWeights weights,
            StateBatch batch,
            StateLayer state,
            ScanInputs inputs,
            @Nullable MemorySegment gate,
            MemorySegment out) {
        ScalarSelectiveScan scan = new ScalarSelectiveScan(weights);
        for (int row = 0; row < batch.rows(); row++) {
            long slot = (long) batch.slot(row) * state.floats();
            float[] h = FloatRows.read(state.data(), slot, state.floats());
            for (int i = 0; i < batch.tokenCount(row); i++) {
                int token = batch.tokenOffset(row) + i;
                float[] y = scan.step(h, inputs, token);
                long at = (long) token * weights.channels();
                if (gate != null) {
                    gate(y, FloatRows.read(gate, at, weights.channels()));
                }
                FloatRows.write(y, out, at);
            }
            FloatRows.write(h, state.data(), slot);
        }
    }

    /** Moves the state h [states, channels] by one token; returns what is read from it, ungated. */
    private float[] step(float[] h, ScanInputs inputs, int token) {
        int channels = weights.channels();
        float[] x = FloatRows.read(inputs.x(), token, 0, channels);
        float[] time = FloatRows.read(inputs.time(), token, 0, channels);
        float[] b = FloatRows.read(inputs.b(), token, 0, weights.groups() * weights.states());
        float[] c = FloatRows.read(inputs.c(), token, 0, weights.groups() * weights.states());
        float[] y = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            float dt = Exponential.softplus(time[channel]);
            float entering = dt * x[channel];
            int maps = channel / (channels / weights.groups()) * weights.states();
            float sum = 0;
            for (int n = 0; n < weights.states(); n++) {
                int at = n * channels + channel;
                h[at] = Math.fma(Exponential.exp2Falling(dt * a[at]), h[at], entering * b[maps + n]);
                sum = Math.fma(h[at], c[maps + n], sum);
            }
            y[channel] = Math.fma(d[channel], x[channel], sum);
        }
        return y;
    }

    private static void gate(float[] y, float[] gate) {
        for (int i = 0; i < y.length; i++) {
            y[i] = y[i] * Exponential.silu(gate[i]);
        }
    }
}
