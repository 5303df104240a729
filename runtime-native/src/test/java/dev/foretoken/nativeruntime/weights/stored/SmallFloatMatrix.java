package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.Map;

/** A matrix in FP8 or MXFP4, rounded to the nearest of all numbers there are. */
public record SmallFloatMatrix(Map<String, StoredTensor> tensors, double[][] weights) {

    private static final double[] E2M1 = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
    private static final double[] E4M3 = e4m3();

    private static double[] e4m3() {
        double[] numbers = new double[127];
        for (int code = 0; code < numbers.length; code++) {
            numbers[code] = code < 8 ? code / 512.0 : (1 + code % 8 / 8.0) * Math.pow(2, code / 8 - 7);
        }
        return numbers;
    }

    /** With a factor for every block of {@code down} rows and {@code across} columns; {@code powers}: of two. */
    public static SmallFloatMatrix fp8(MatrixRef ref, int down, int across, boolean powers, float[][] weights) {
        float[][] factors = new float[Math.ceilDiv(ref.rows(), down)][Math.ceilDiv(ref.columns(), across)];
        for (int n = 0; n < ref.rows(); n++) {
            for (int k = 0; k < ref.columns(); k++) {
                float least = Math.abs(weights[n][k]) / 448;
                float needed = powers ? 2 * Math.scalb(1f, Math.getExponent(least)) : least;
                factors[n / down][k / across] = Math.max(factors[n / down][k / across], needed);
            }
        }
        byte[] codes = new byte[ref.rows() * ref.columns()];
        double[][] meant = new double[ref.rows()][ref.columns()];
        for (int n = 0; n < ref.rows(); n++) {
            for (int k = 0; k < ref.columns(); k++) {
                double factor = factors[n / down][k / across];
                int code = nearest(E4M3, Math.abs(weights[n][k]) / factor);
                boolean negative = weights[n][k] < 0;
                codes[n * ref.columns() + k] = (byte) (negative ? code + 128 : code);
                meant[n][k] = (negative ? -1 : 1) * E4M3[code] * factor;
            }
        }
        StoredTensor values =
                Tensors.u8(ref.tensor(), StoredType.F8_E4M3, codes, (long) ref.rows(), (long) ref.columns());
        StoredTensor scales = Tensors.f32(ref.tensor() + "_scale_inv", factors);
        return new SmallFloatMatrix(Map.of(values.name(), values, scales.name(), scales), meant);
    }

    public static SmallFloatMatrix mxfp4(MatrixRef ref, float[][] weights) {
        int blocks = ref.columns() / 32;
        byte[] pairs = new byte[ref.rows() * ref.columns() / 2];
        byte[] exponents = new byte[ref.rows() * blocks];
        double[][] meant = new double[ref.rows()][ref.columns()];
        for (int n = 0; n < ref.rows(); n++) {
            for (int b = 0; b < blocks; b++) {
                double largest = 0x1p-100;
                for (int k = 32 * b; k < 32 * b + 32; k++) {
                    largest = Math.max(largest, Math.abs(weights[n][k]));
                }
                int exponent = Math.getExponent(largest) - 2;
                exponents[n * blocks + b] = (byte) (exponent + 127);
                for (int k = 32 * b; k < 32 * b + 32; k++) {
                    int code = nearest(E2M1, Math.abs(weights[n][k]) / Math.pow(2, exponent));
                    boolean negative = weights[n][k] < 0;
                    meant[n][k] = (negative ? -1 : 1) * E2M1[code] * Math.pow(2, exponent);
                    pairs[(n * ref.columns() + k) / 2] |= (byte) ((negative ? code + 8 : code) << k % 2 * 4);
                }
            }
        }
        StoredTensor values =
                Tensors.u8(ref.tensor() + "_blocks", StoredType.U8, pairs, (long) ref.rows(), (long) blocks, 16L);
        StoredTensor scales =
                Tensors.u8(ref.tensor() + "_scales", StoredType.U8, exponents, (long) ref.rows(), (long) blocks);
        return new SmallFloatMatrix(Map.of(values.name(), values, scales.name(), scales), meant);
    }

    public double weight(int output, int input) {
        return weights[output][input];
    }

    private static int nearest(double[] numbers, double x) {
        int best = 0;
        for (int i = 1; i < numbers.length; i++) {
            best = Math.abs(numbers[i] - x) < Math.abs(numbers[best] - x) ? i : best;
        }
        return best;
    }
}
