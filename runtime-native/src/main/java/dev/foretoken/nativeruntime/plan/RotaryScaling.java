package dev.foretoken.nativeruntime.plan;

/** How rotary frequencies are stretched beyond the context that a model was trained on; named as Hugging Face names them. */
public sealed interface RotaryScaling {

    /** Frequencies as they are. */
    record None() implements RotaryScaling {}

    /** Every frequency divided by the factor. */
    record Linear(double factor) implements RotaryScaling {}

    /** The base grows with the sequence's length once that passes {@code originalContext} (NTK-aware). */
    record Dynamic(double factor, int originalContext) implements RotaryScaling {}

    /** Long wavelengths divided by the factor, short ones kept, smooth between (Llama 3.1). */
    record Llama3(double factor, double lowFrequency, double highFrequency, int originalContext)
            implements RotaryScaling {}

    /**
     * Ramp between kept and divided frequencies (Peng 2023).
     *
     * @param attentionFactor multiplies cosine and sine
     * @param betaFast rotations over the original context above which a frequency is kept
     * @param betaSlow rotations below which it is divided
     * @param truncate round the ends of the ramp outwards to whole dimensions
     */
    record Yarn(
            double factor,
            double attentionFactor,
            double betaFast,
            double betaSlow,
            int originalContext,
            boolean truncate)
            implements RotaryScaling {}

    /** Whether frequencies depend on how long a sequence can get. */
    default boolean dependsOnLength() {
        return switch (this) {
            case None n -> false;
            case Linear l -> false;
            case Dynamic d -> true;
            case Llama3 l -> false;
            case Yarn y -> false;
        };
    }
}
