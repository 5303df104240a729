package dev.foretoken.bench.checkpoint;

import java.util.List;

/**
 * One tensor of a checkpoint.
 *
 * @param deviation standard deviation of its random values; 0: every value is 1
 */
record TensorShape(String name, List<Integer> dimensions, float deviation) {
    private static final float BIAS_DEVIATION = 0.02f;

    /** [rows, columns], scaled so that a product with unit-size inputs has unit size. */
    static TensorShape matrix(String name, int rows, int columns) {
        return new TensorShape(name, List.of(rows, columns), (float) (1 / Math.sqrt(columns)));
    }

    static TensorShape vector(String name, int length) {
        return new TensorShape(name, List.of(length), BIAS_DEVIATION);
    }

    static TensorShape ones(String name, int length) {
        return new TensorShape(name, List.of(length), 0);
    }

    long elements() {
        long product = 1;
        for (int dimension : dimensions) {
            product *= dimension;
        }
        return product;
    }
}
