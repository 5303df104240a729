package dev.foretoken.nativeruntime.algebra;

/**
 * What is known of pairs of an input and a target row once both were added up: all that a linear map with a bias needs to be fitted or judged.
 * Inputs have a last column of ones.
 *
 * @param inputs {@code X^T X}, [p + 1][p + 1]; its last number is the number of pairs
 * @param cross {@code X^T Y}, [p + 1][q]
 * @param targets sum of the squares of every element of Y
 */
public record PairedSums(ProductSum inputs, ProductSum cross, double targets) {

    public PairedSums {
        if (inputs.rows() != inputs.columns() || cross.rows() != inputs.rows() || inputs.rows() < 2) {
            throw new IllegalArgumentException("sums of [%d, %d] and [%d, %d] are not of the same inputs"
                    .formatted(inputs.rows(), inputs.columns(), cross.rows(), cross.columns()));
        }
    }

    /** Of both. */
    public PairedSums plus(PairedSums other) {
        return new PairedSums(inputs.plus(other.inputs), cross.plus(other.cross), targets + other.targets);
    }

    /** How many there are. */
    public double pairs() {
        return inputs.values()[inputWidth()][inputWidth()];
    }

    /** Without the column of ones. */
    public int inputWidth() {
        return inputs.rows() - 1;
    }

    public int targetWidth() {
        return cross.columns();
    }

    /** The sum of squares of the targets around their mean. */
    public double spread() {
        double squares = 0;
        for (double sum : cross.values()[inputWidth()]) {
            squares += sum * sum;
        }
        return targets - squares / pairs();
    }
}
