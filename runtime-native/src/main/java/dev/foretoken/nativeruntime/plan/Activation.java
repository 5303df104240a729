package dev.foretoken.nativeruntime.plan;

/** The non-linear function of a gated MLP. */
public enum Activation {
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    ;
}
