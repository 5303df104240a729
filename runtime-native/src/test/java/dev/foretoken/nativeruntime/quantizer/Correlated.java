package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.GramMatrix;
import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.util.Random;

/**
 * A matrix and inputs that go together, as those of a model do, and some of which are much larger than others.
 *
 * @param weights [rows * columns]
 * @param inputs [count * columns]
 */
record Correlated(int rows, int columns, int count, float[] weights, float[] inputs) {

    static Correlated of(int rows, int columns, long seed) {
        Random random = new Random(seed);
        int count = 4 * columns;
        float[] weights = new float[rows * columns];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        float[] inputs = new float[count * columns];
        float[] sizes = new float[columns];
        for (int i = 0; i < columns; i++) {
            sizes[i] = (float) Math.exp(random.nextGaussian());
        }
        for (int row = 0; row < count; row++) {
            double[] common = random.doubles(3, -1, 1).toArray();
            for (int i = 0; i < columns; i++) {
                double value = common[i % 3] + common[(i / 3) % 3] + 0.3 * random.nextGaussian();
                inputs[row * columns + i] = (float) (sizes[i] * value);
            }
        }
        return new Correlated(rows, columns, count, weights, inputs);
    }

    GramMatrix gram(Workers workers) {
        GramMatrix gram = new GramMatrix(columns, workers);
        gram.add(inputs, count);
        return gram;
    }

    /** The part up to the diagonal, with a hundredth of its mean added to the diagonal. */
    double[][] damped(Workers workers) {
        double[][] lower = gram(workers).lower();
        double mean = 0;
        for (int i = 0; i < columns; i++) {
            mean += lower[i][i] / columns;
        }
        for (int i = 0; i < columns; i++) {
            lower[i][i] += 0.01 * mean;
        }
        return lower;
    }

    /** Mean squares of inputs. */
    float[] squares() {
        float[] squares = new float[columns];
        for (int i = 0; i < inputs.length; i++) {
            squares[i % columns] += inputs[i] * inputs[i] / count;
        }
        return squares;
    }

    /** {@code |(W - Q) X|^2}, output by output. */
    double error(float[] changed) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            for (int input = 0; input < count; input++) {
                double difference = 0;
                for (int i = 0; i < columns; i++) {
                    difference += (weights[row * columns + i] - changed[row * columns + i])
                            * (double) inputs[input * columns + i];
                }
                sum += difference * difference;
            }
        }
        return sum;
    }

    static GroupFormat format(int bits, int group, boolean symmetric) {
        return new GroupFormat(bits, group, symmetric, FloatType.F32);
    }
}
