package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Activation;

/** The numbers by which {@code foretoken.h} knows our enums. */
final class NativeCodes {
    private NativeCodes() {}

    /** {@code enum ft_function}. */
    static int code(Activation function) {
        return switch (function) {
            case SILU -> 0;
            case GELU -> 1;
            case GELU_TANH -> 2;
            case QUICK_GELU -> 3;
            case RELU -> 4;
            case RELU_SQUARED -> 5;
            case CLAMPED_SWIGLU -> 6;
            case SIGMOID -> 7;
        };
    }

    /** {@code enum ft_book}. */
    static int code(CodeBook book) {
        return switch (book) {
            case LINEAR -> 0;
            case UNSIGNED -> 1;
            case IQ4NL -> 2;
            case MXFP4 -> 3;
        };
    }

    /** {@code enum ft_type}. */
    static int code(FloatType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case BF16 -> 2;
        };
    }

    /** {@code enum ft_type}. */
    static int code(KvType type) {
        return switch (type) {
            case F32 -> code(FloatType.F32);
            case F16 -> code(FloatType.F16);
            case BF16 -> code(FloatType.BF16);
            case INT8 -> 3;
        };
    }
}
