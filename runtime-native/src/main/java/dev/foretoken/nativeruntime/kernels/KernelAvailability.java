package dev.foretoken.nativeruntime.kernels;

/** Whether kernels could be opened here; if not, one sentence says why. */
public sealed interface KernelAvailability {
    record Present(Kernels kernels) implements KernelAvailability {}

    record Missing(String reason) implements KernelAvailability {}
}
