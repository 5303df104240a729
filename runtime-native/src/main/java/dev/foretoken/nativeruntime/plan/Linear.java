package dev.foretoken.nativeruntime.plan;

import org.jspecify.annotations.Nullable;

/** {@code y = weight x + bias}. */
public record Linear(MatrixRef weight, @Nullable VectorRef bias) {
    public int outputs() {
        return weight.rows();
    }

    /** Some of the outputs, from {@code first} on. */
    public Linear outputs(int first, int count) {
        return new Linear(weight.rows(first, count), bias == null ? null : bias.slice(first, count));
    }

    public int inputs() {
        return weight.columns();
    }
}
