package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;

/** Which kernels and which cache type a model is opened with. */
final class KernelSetup {

    private KernelSetup() {}

    static Kernels open(DeviceSpec device, RuntimeOptions options) {
        return switch (options.kernels()) {
            case "auto", "scalar" -> new ScalarKernels();
            default ->
                throw new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "kernels=%s is not known; known are auto, scalar".formatted(options.kernels()));
        };
    }

    static FloatType cacheType(RuntimeOptions options, Kernels kernels) {
        return switch (options.cacheType()) {
            case AUTO, F32 -> FloatType.F32;
            case BF16 -> FloatType.BF16;
            case F16 -> FloatType.F16;
        };
    }
}
