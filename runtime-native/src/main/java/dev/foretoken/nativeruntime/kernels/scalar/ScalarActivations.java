package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.plan.Activation;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The functions of MLPs, in double. */
public final class ScalarActivations {
    /** From here on erf is 1 to the last bit of a double. */
    private static final double LARGEST_ERF = 6;

    private static final double CLAMP = 7;

    private ScalarActivations() {}

    public static void activate(
            Activation function, MemorySegment x, @Nullable MemorySegment factor, long count, MemorySegment out) {
        for (long i = 0; i < count; i++) {
            double value = of(function, x.get(JAVA_FLOAT_UNALIGNED, 4 * i));
            double other = factor == null ? 1 : factor(function, factor.get(JAVA_FLOAT_UNALIGNED, 4 * i));
            out.set(JAVA_FLOAT_UNALIGNED, 4 * i, (float) (value * other));
        }
    }

    public static double of(Activation function, double x) {
        return switch (function) {
            case SILU -> x / (1 + Math.exp(-x));
            case GELU -> x * (1 + erf(x / Math.sqrt(2))) / 2;
            case GELU_TANH -> x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
            case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
            case RELU -> Math.max(0, x);
            case RELU_SQUARED -> Math.max(0, x) * Math.max(0, x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case CLAMPED_SWIGLU -> of(Activation.QUICK_GELU, Math.min(x, CLAMP));
        };
    }

    /** What {@link #of} is multiplied by where {@code x} goes with it. */
    public static double factor(Activation function, double x) {
        return switch (function) {
            case SILU, GELU, GELU_TANH, QUICK_GELU, RELU, RELU_SQUARED, SIGMOID -> x;
            case CLAMPED_SWIGLU -> Math.clamp(x, -CLAMP, CLAMP) + 1;
        };
    }

    /** The series without cancellation: {@code 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1))}. */
    private static double erf(double x) {
        if (!(Math.abs(x) < LARGEST_ERF)) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
