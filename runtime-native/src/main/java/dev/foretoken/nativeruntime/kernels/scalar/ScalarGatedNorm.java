package dev.foretoken.nativeruntime.kernels.scalar;

import dev.foretoken.nativeruntime.kernels.layout.GatedNormWeights;
import java.lang.foreign.MemorySegment;

/** RMS norm of groups with a gate; square sums in double, as {@link ScalarPointwise#rmsNorm}. */
public final class ScalarGatedNorm {
    private ScalarGatedNorm() {}

    public static void norm(
            GatedNormWeights weights, MemorySegment x, MemorySegment gate, int rows, MemorySegment out) {
        int width = weights.width();
        float[] weight = FloatRows.read(weights.weight(), 0, width);
        for (int row = 0; row < rows; row++) {
            float[] values = FloatRows.read(x, (long) row * width, width);
            float[] gates = FloatRows.read(gate, (long) row * width, width);
            if (weights.gateFirst()) {
                gate(values, gates);
            }
            for (int first = 0; first < width; first += weights.group()) {
                scale(values, weight, first, weights);
            }
            if (!weights.gateFirst()) {
                gate(values, gates);
            }
            FloatRows.write(values, out, (long) row * width);
        }
    }

    private static void gate(float[] values, float[] gates) {
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] * Exponential.silu(gates[i]);
        }
    }

    private static void scale(float[] values, float[] weight, int first, GatedNormWeights weights) {
        double squares = 0;
        for (int i = first; i < first + weights.group(); i++) {
            squares += (double) values[i] * values[i];
        }
        float factor = (float) (1 / Math.sqrt(squares / weights.group() + weights.epsilon()));
        for (int i = first; i < first + weights.group(); i++) {
            values[i] = values[i] * factor * weight[i];
        }
    }
}
