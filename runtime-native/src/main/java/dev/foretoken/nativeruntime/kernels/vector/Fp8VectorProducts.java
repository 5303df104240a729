package dev.foretoken.nativeruntime.kernels.vector;

import static dev.foretoken.nativeruntime.kernels.vector.LaneLoader.FLOATS;

import dev.foretoken.nativeruntime.kernels.layout.E4m3;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import jdk.incubator.vector.FloatVector;

/** One panel of E4M3 weights, widened once for all tokens. The same bits as the oracle. */
final class Fp8VectorProducts {
    private static final int ROWS = WeightMatrix.PANEL_ROWS;

    private final Fp8Panels weights;
    /** [k][16 rows]. */
    private final float[] values;
    /** [block][16 rows]. */
    private final float[] scales;

    Fp8VectorProducts(Fp8Panels weights, int panel, float[] numbers) {
        this.weights = weights;
        this.values = new float[weights.columns() * ROWS];
        this.scales = new float[weights.blocks() * ROWS];
        int rows = Math.min(ROWS, weights.rows() - panel * ROWS);
        for (int lane = 0; lane < rows; lane++) {
            int row = panel * ROWS + lane;
            for (int k = 0; k < weights.columns(); k++) {
                values[k * ROWS + lane] = numbers[weights.code(row, k) & 0xff];
            }
            for (int b = 0; b < weights.blocks(); b++) {
                scales[b * ROWS + lane] = weights.scale(row, b);
            }
        }
    }

    /** What each byte stands for. */
    static float[] numbers() {
        float[] numbers = new float[256];
        for (int code = 0; code < numbers.length; code++) {
            numbers[code] = E4m3.value(code);
        }
        return numbers;
    }

    /** Sums of the lanes from {@code part} on for the token whose inputs start at {@code start}, without bias. */
    FloatVector sums(float[] x, int start, int part) {
        FloatVector total = FloatVector.zero(FLOATS);
        for (int b = 0; b < weights.blocks(); b++) {
            FloatVector sum = FloatVector.zero(FLOATS);
            int end = Math.min(weights.columns(), (b + 1) * weights.block());
            for (int k = b * weights.block(); k < end; k++) {
                sum = FloatVector.fromArray(FLOATS, values, k * ROWS + part)
                        .fma(FloatVector.broadcast(FLOATS, x[start + k]), sum);
            }
            total = sum.fma(FloatVector.fromArray(FLOATS, scales, b * ROWS + part), total);
        }
        return total;
    }
}
