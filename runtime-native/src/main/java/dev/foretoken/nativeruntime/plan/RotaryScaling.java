package dev.foretoken.nativeruntime.plan;

import java.util.List;

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

    /**
     * Each frequency divided by its own number, of one list up to {@code originalContext} tokens and of the other beyond (Ding 2024).
     *
     * @param attentionFactor multiplies cosine and sine
     */
    record LongRope(List<Float> shortDivisors, List<Float> longDivisors, double attentionFactor, int originalContext)
            implements RotaryScaling {
        public LongRope {
            shortDivisors = List.copyOf(shortDivisors);
            longDivisors = List.copyOf(longDivisors);
        }
    }

    /** Each frequency divided by its own number: what GGUF files store instead of a formula. {@code divisors}: one per rotated pair. */
    record Divided(List<Float> divisors) implements RotaryScaling {
        public Divided {
            divisors = List.copyOf(divisors);
        }
    }

    /** Frequencies are the same for every sequence that cannot get longer than this. */
    default int lengthInvariantTokens() {
        return switch (this) {
            case None n -> Integer.MAX_VALUE;
            case Linear l -> Integer.MAX_VALUE;
            case Dynamic d -> d.originalContext();
            case Llama3 l -> Integer.MAX_VALUE;
            case Yarn y -> Integer.MAX_VALUE;
            case LongRope l -> l.originalContext();
            case Divided d -> Integer.MAX_VALUE;
        };
    }

    /** Whether frequencies depend on how long a sequence can get. */
    default boolean dependsOnLength() {
        return lengthInvariantTokens() != Integer.MAX_VALUE;
    }
}
