package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;
import java.util.Locale;

/**
 * The kernels that were opened.
 *
 * @param reasons why faster ones were passed over, best first; empty when the best was taken or one was asked for by name
 */
public record KernelSelection(Kernels kernels, List<String> reasons) {
    public KernelSelection {
        reasons = List.copyOf(reasons);
    }

    /**
     * Opens what {@code choice} names.
     *
     * @throws ForetokenException {@link ErrorCode#CONFIG_INVALID} when kernels asked for by name cannot be opened here
     */
    public static KernelSelection open(KernelChoice choice, KernelOptions options) {
        return switch (choice) {
            case AUTO -> best(options);
            case NATIVE -> named(choice, NativeKernels.open(options));
            case VECTOR -> named(choice, VectorKernels.open(options));
            case SCALAR -> new KernelSelection(new ScalarKernels(), List.of());
        };
    }

    private static KernelSelection best(KernelOptions options) {
        return switch (NativeKernels.open(options)) {
            case KernelAvailability.Present(Kernels kernels) -> new KernelSelection(kernels, List.of());
            case KernelAvailability.Missing(String reason) -> withoutNative(options, "native: " + reason);
        };
    }

    private static KernelSelection withoutNative(KernelOptions options, String why) {
        return switch (VectorKernels.open(options)) {
            case KernelAvailability.Present(Kernels kernels) -> new KernelSelection(kernels, List.of(why));
            case KernelAvailability.Missing(String reason) ->
                new KernelSelection(new ScalarKernels(), List.of(why, "vector: " + reason));
        };
    }

    private static KernelSelection named(KernelChoice choice, KernelAvailability availability) {
        return switch (availability) {
            case KernelAvailability.Present(Kernels kernels) -> new KernelSelection(kernels, List.of());
            case KernelAvailability.Missing(String reason) ->
                throw new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "foretoken.kernels=%s was asked for, but %s; use auto to take what there is"
                                .formatted(choice.name().toLowerCase(Locale.ROOT), reason));
        };
    }
}
