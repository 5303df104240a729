package dev.foretoken.nativeruntime.quantizer;

import java.util.Comparator;
import java.util.stream.IntStream;

/** In which order columns are rounded. */
final class ColumnOrder {

    private final int[] columns;
    private final boolean natural;

    private ColumnOrder(int[] columns, boolean natural) {
        this.columns = columns;
        this.natural = natural;
    }

    static ColumnOrder natural(int columns) {
        return new ColumnOrder(IntStream.range(0, columns).toArray(), true);
    }

    /** Those whose inputs are largest first, while there are many columns left to make up for them. */
    static ColumnOrder byInput(float[] importance) {
        int[] sorted = IntStream.range(0, importance.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -importance[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new ColumnOrder(sorted, false);
    }

    boolean isNatural() {
        return natural;
    }

    /** The column that comes at a place. */
    int column(int place) {
        return columns[place];
    }

    /** {@code own}: in the matrix's own order. */
    void apply(float[] own, float[] ordered) {
        for (int i = 0; i < columns.length; i++) {
            ordered[i] = own[columns[i]];
        }
    }

    /** The part up to the diagonal of a symmetric matrix, of which the same is given. */
    double[][] applied(double[][] lower) {
        double[][] ordered = new double[columns.length][];
        for (int i = 0; i < columns.length; i++) {
            ordered[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                int a = Math.max(columns[i], columns[j]);
                int b = Math.min(columns[i], columns[j]);
                ordered[i][j] = lower[a][b];
            }
        }
        return ordered;
    }
}
