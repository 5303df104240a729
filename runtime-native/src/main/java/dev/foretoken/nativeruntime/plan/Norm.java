package dev.foretoken.nativeruntime.plan;

/** A normalisation. {@code epsilon} is added to the mean of squares (RMS). */
public record Norm(Kind kind, Placement placement, VectorRef weight, float epsilon) {

    /** How a vector is normalised. */
    public enum Kind {
        /** {@code x / sqrt(mean(x^2) + epsilon) * weight} (Zhang and Sennrich 2019). */
        RMS,
        ;
    }

    /** Where a sublayer is normalised. */
    public enum Placement {
        /** Of what the sublayer reads. */
        INPUT,
        /** Of what the sublayer adds to the hidden vector. */
        OUTPUT,
        ;
    }

    public static Norm rms(VectorRef weight, float epsilon) {
        return new Norm(Kind.RMS, Placement.INPUT, weight, epsilon);
    }
}
