package dev.foretoken.nativeruntime.kernels;

/** Which implementation to open: the value of {@code foretoken.kernels}, in lower case. */
public enum KernelChoice {
    /** The fastest that can be opened. */
    AUTO,
    NATIVE,
    VECTOR,
    SCALAR,
}
