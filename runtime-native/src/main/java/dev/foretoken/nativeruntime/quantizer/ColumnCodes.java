package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.RankUpdate;
import dev.foretoken.nativeruntime.algebra.Workers;
import java.util.Arrays;

/**
 * Rounds one column of a matrix after the other and makes up for each error in the columns that are still to come (GPTQ, Frantar 2022): with U
 * the upper factor of the inverse of {@code X^T X}, the error of column i divided by U[i][i] is taken from column j as often as U[i][j] says.
 * Columns behind a block of 128 are changed once per block. Rows are independent of each other.
 */
final class ColumnCodes {

    private static final int BLOCK = 128;
    private static final int ROWS = RankUpdate.SIZE;

    private final LevelSearch search;
    private final ColumnOrder order;
    private final float[][] upper;
    private final float[] importance;
    private final CodedMatrix coded;

    private ColumnCodes(LevelSearch search, ColumnOrder order, float[][] upper, float[] importance, CodedMatrix coded) {
        this.search = search;
        this.order = order;
        this.upper = upper;
        this.importance = importance;
        this.coded = coded;
    }

    /**
     * Codes in the matrix's own order of columns.
     *
     * @param weights [rows * columns]
     * @param upper in the order of quantization
     * @param importance of each input, in the matrix's own order
     */
    static CodedMatrix of(
            float[] weights,
            ColumnOrder order,
            float[][] upper,
            LevelSearch search,
            float[] importance,
            Workers workers) {
        int columns = upper.length;
        int rows = weights.length / columns;
        CodedMatrix coded = CodedMatrix.empty(search.format(), rows, columns);
        ColumnCodes codes = new ColumnCodes(search, order, upper, importance, coded);
        workers.each(
                Math.ceilDiv(rows, ROWS),
                piece -> codes.rows(weights, piece * ROWS, Math.min(rows, (piece + 1) * ROWS)));
        return coded;
    }

    private void rows(float[] weights, int first, int end) {
        int columns = coded.columns();
        float[][] left = new float[ROWS][columns];
        for (int row = first; row < end; row++) {
            float[] own = Arrays.copyOfRange(weights, row * columns, (row + 1) * columns);
            if (!order.isNatural()) {
                findLevels(own, row);
            }
            order.apply(own, left[row - first]);
        }
        float[][] errors = new float[ROWS][BLOCK];
        for (int begin = 0; begin < columns; begin += BLOCK) {
            int to = Math.min(columns, begin + BLOCK);
            for (int row = first; row < end; row++) {
                block(left[row - first], errors[row - first], row, begin, to);
            }
            spread(left, errors, begin, to);
        }
    }

    /** Where columns are taken out of their order, groups are not complete one by one, so all of them are found first. */
    private void findLevels(float[] own, int row) {
        int size = coded.format().groupSize(coded.columns());
        for (int group = 0; group < coded.groups(); group++) {
            coded.levels()[row * coded.groups() + group] =
                    search.find(own, group * size, (group + 1) * size, importance);
        }
    }

    private void block(float[] left, float[] errors, int row, int begin, int to) {
        int size = coded.format().groupSize(coded.columns());
        for (int i = begin; i < to; i++) {
            int column = order.column(i);
            int place = row * coded.groups() + column / size;
            if (order.isNatural() && i % size == 0) {
                coded.levels()[place] = search.find(left, i, i + size, importance);
            }
            CodedMatrix.Level level = coded.levels()[place];
            int code = level.code(left[i], coded.format().top());
            coded.codes()[row * coded.columns() + column] = (byte) code;
            float error = (left[i] - level.weight(code)) / upper[i][i];
            errors[i - begin] = error;
            subtract(left, error, upper[i], i + 1, to);
        }
    }

    private static void subtract(float[] left, float error, float[] factors, int from, int to) {
        for (int j = from; j < to; j++) {
            left[j] = Math.fma(-error, factors[j], left[j]);
        }
    }

    /** What the block's errors change behind it. */
    private void spread(float[][] left, float[][] errors, int begin, int to) {
        float[] factors = new float[ROWS * RankUpdate.SIZE];
        for (int i = begin; i < to; i += RankUpdate.SIZE) {
            Arrays.fill(factors, 0);
            for (int row = 0; row < ROWS; row++) {
                for (int t = 0; t < Math.min(RankUpdate.SIZE, to - i); t++) {
                    factors[row * RankUpdate.SIZE + t] = -errors[row][i - begin + t];
                }
            }
            RankUpdate.add(left, factors, upper, i, to, coded.columns());
        }
    }
}
