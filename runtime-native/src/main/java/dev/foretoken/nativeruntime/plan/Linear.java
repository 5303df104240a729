package dev.foretoken.nativeruntime.plan;

import org.jspecify.annotations.Nullable;

/**
 * {@code y = scale * (weight x) + biasScale * bias}.
 *
 * @param scale not 0
 */
public record Linear(MatrixRef weight, @Nullable VectorRef bias, float scale, float biasScale) {

    /** {@code y = weight x + bias}. */
    public Linear(MatrixRef weight, @Nullable VectorRef bias) {
        this(weight, bias, 1, 1);
    }

    public int outputs() {
        return weight.rows();
    }

    /** Some of the outputs, from {@code first} on. */
    public Linear outputs(int first, int count) {
        return new Linear(weight.rows(first, count), bias == null ? null : bias.slice(first, count), scale, biasScale);
    }

    public int inputs() {
        return weight.columns();
    }

    /** The same map of some of the inputs. */
    public Linear ofColumns(int first, int count) {
        return new Linear(weight.columns(first, count), bias, scale, biasScale);
    }

    /** The same map of an input that is multiplied by a number first. */
    public Linear ofScaledInput(float factor) {
        return new Linear(weight, bias, scale * factor, biasScale);
    }

    /** The same map whose output is multiplied by a number. */
    public Linear withScaledOutput(float factor) {
        return new Linear(weight, bias, scale * factor, biasScale * factor);
    }
}
