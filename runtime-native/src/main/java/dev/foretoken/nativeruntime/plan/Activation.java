package dev.foretoken.nativeruntime.plan;

/** The non-linear function of an MLP. */
public enum Activation {
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** {@code x * (1 + erf(x / sqrt(2))) / 2} (Hendrycks and Gimpel 2016). */
    GELU,
    /** GELU with {@code tanh(sqrt(2 / pi) * (x + 0.044715 x^3))} in place of erf. */
    GELU_TANH,
    /** {@code x / (1 + exp(-1.702 x))}. */
    QUICK_GELU,
    /** {@code max(0, x)}. */
    RELU,
    /** {@code max(0, x)^2}. */
    RELU_SQUARED,
    /** Of gpt-oss: {@link #QUICK_GELU} of {@code min(x, 7)}; what it is multiplied by is cut to [-7, 7], and one is added. */
    CLAMPED_SWIGLU,
    /** {@code 1 / (1 + exp(-x))}: gates what it is multiplied with. */
    SIGMOID,
    ;
}
