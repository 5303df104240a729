package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** New weights that take in what a norm did, and how their numbers are made. */
final class Refit {

    private final NewNames names;
    private final List<Making> makings = new ArrayList<>();

    Refit(NewNames names) {
        this.names = names;
    }

    List<Making> makings() {
        return List.copyOf(makings);
    }

    /** {@code weight (x + shift) + bias}; {@code place}: tells maps of one weight apart. */
    Linear shifted(String place, Linear linear, VectorRef shift) {
        MatrixRef weight = plain(linear);
        VectorRef bias = new VectorRef(names.of("%s.%s.bias".formatted(place, LinearEdit.stem(weight))), weight.rows());
        VectorRef before = linear.bias();
        makings.add(new Making(
                "bias of " + weight.tensor(),
                List.of(NewTensors.of(bias)),
                weights -> List.of(shifted(
                        times(weights.matrix(weight), weights.vector(shift)),
                        linear.scale(),
                        before == null ? null : weights.vector(before),
                        linear.biasScale()))));
        return new Linear(linear.weight(), bias, linear.scale(), 1, null);
    }

    private static float[] shifted(double[] product, float scale, float @Nullable [] bias, float biasScale) {
        float[] sum = new float[product.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (scale * product[i] + (bias == null ? 0 : (double) biasScale * bias[i]));
        }
        return sum;
    }

    /** {@code weight diag(factor)}. */
    Linear scaled(String place, Linear linear, VectorRef factor) {
        MatrixRef weight = plain(linear);
        return linear.withWeight(scaled(place, weight, factor));
    }

    MatrixRef scaled(String place, MatrixRef weight, VectorRef factor) {
        MatrixRef made = likewise(place, weight, "scaled");
        makings.add(new Making("columns of " + weight.tensor(), List.of(NewTensors.of(made)), weights -> {
            float[] numbers = weights.matrix(weight).clone();
            float[] factors = weights.vector(factor);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] *= factors[i % factors.length];
            }
            return List.of(numbers);
        }));
        return made;
    }

    /** {@code weight x + bias} less the mean of its outputs. */
    Linear centred(String place, Linear linear) {
        MatrixRef weight = plain(linear);
        MatrixRef made = likewise(place, weight, "centred");
        makings.add(new Making(
                "outputs of " + weight.tensor(),
                List.of(NewTensors.of(made)),
                weights -> List.of(columnsCentred(weights.matrix(weight), weight.columns()))));
        VectorRef bias = linear.bias();
        if (bias == null) {
            return linear.withWeight(made);
        }
        VectorRef centred =
                new VectorRef(names.of("%s.%s.centred-bias".formatted(place, LinearEdit.stem(weight))), bias.size());
        makings.add(new Making(
                "bias of " + weight.tensor(),
                List.of(NewTensors.of(centred)),
                weights -> List.of(rowsCentred(weights.vector(bias), bias.size()))));
        return new Linear(made, centred, linear.scale(), linear.biasScale(), null);
    }

    /** Rows less their mean. */
    MatrixRef centredRows(MatrixRef table) {
        MatrixRef made = likewise("table", table, "centred");
        makings.add(new Making(
                "rows of " + table.tensor(),
                List.of(NewTensors.of(made)),
                weights -> List.of(rowsCentred(weights.matrix(table), table.columns()))));
        return made;
    }

    private MatrixRef likewise(String place, MatrixRef weight, String what) {
        String name = "%s.%s.%s".formatted(place, LinearEdit.stem(weight), what);
        return new MatrixRef(names.of(name), weight.rows(), weight.columns());
    }

    private static MatrixRef plain(Linear linear) {
        if (linear.weight() instanceof MatrixRef ref && linear.addition() == null) {
            return ref;
        }
        throw Block.refused("a norm is folded into whole matrices, and this one is made of several: fold norms first");
    }

    private static double[] times(float[] matrix, float[] vector) {
        double[] product = new double[matrix.length / vector.length];
        for (int i = 0; i < matrix.length; i++) {
            product[i / vector.length] += (double) matrix[i] * vector[i % vector.length];
        }
        return product;
    }

    private static float[] rowsCentred(float[] matrix, int columns) {
        float[] centred = new float[matrix.length];
        for (int start = 0; start < matrix.length; start += columns) {
            double sum = 0;
            for (int i = start; i < start + columns; i++) {
                sum += matrix[i];
            }
            for (int i = start; i < start + columns; i++) {
                centred[i] = (float) (matrix[i] - sum / columns);
            }
        }
        return centred;
    }

    private static float[] columnsCentred(float[] matrix, int columns) {
        double[] sums = new double[columns];
        for (int i = 0; i < matrix.length; i++) {
            sums[i % columns] += matrix[i];
        }
        float[] centred = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            centred[i] = (float) (matrix[i] - sums[i % columns] / (matrix.length / columns));
        }
        return centred;
    }
}
