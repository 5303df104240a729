package dev.foretoken.nativeruntime.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A normalisation. {@code epsilon} is added to the mean of squares (RMS) or to the variance (LAYER). {@code bias}: of LAYER, or null; of AFFINE. */
public record Norm(
        Kind kind,
        Placement placement,
        VectorRef weight,
        @Nullable VectorRef bias,
        float epsilon) {

    /** How a vector is normalised. */
    public enum Kind {
        /** {@code x / sqrt(mean(x^2) + epsilon) * weight} (Zhang and Sennrich 2019). */
        RMS,
        /** {@code (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias} (Ba 2016). */
        LAYER,
        /** {@code x * weight + bias}: a norm whose statistics are constants. */
        AFFINE,
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
        return new Norm(Kind.RMS, Placement.INPUT, weight, null, epsilon);
    }

    public static Norm layer(VectorRef weight, @Nullable VectorRef bias, float epsilon) {
        return new Norm(Kind.LAYER, Placement.INPUT, weight, bias, epsilon);
    }

    public Norm at(Placement other) {
        return new Norm(kind, other, weight, bias, epsilon);
    }

    /** Weight and bias. */
    public List<VectorRef> vectors() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }
}
