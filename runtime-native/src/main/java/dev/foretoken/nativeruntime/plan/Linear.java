package dev.foretoken.nativeruntime.plan;

import org.jspecify.annotations.Nullable;

/** {@code y = weight x + bias}. */
public record Linear(MatrixRef weight, @Nullable VectorRef bias) {
    public int outputs() {
        return weight.rows();
    }

    public int inputs() {
        return weight.columns();
    }
}
