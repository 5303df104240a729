package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rounds every weight by itself. */
final class NearestCodes {

    private NearestCodes() {}

    /** {@code importance}: of each input, for the search; null: all count the same. */
    static CodedMatrix of(
            float[] weights, int columns, LevelSearch search, float @Nullable [] importance, Workers workers) {
        int rows = weights.length / columns;
        CodedMatrix coded = CodedMatrix.empty(search.format(), rows, columns);
        workers.each(rows, row -> {
            float[] own = Arrays.copyOfRange(weights, row * columns, (row + 1) * columns);
            for (int group = 0; group < coded.groups(); group++) {
                code(coded, search, own, row, group, importance);
            }
        });
        return coded;
    }

    private static void code(
            CodedMatrix coded, LevelSearch search, float[] own, int row, int group, float @Nullable [] importance) {
        int size = coded.format().groupSize(coded.columns());
        int from = group * size;
        CodedMatrix.Level level = search.find(own, from, from + size, importance);
        coded.levels()[row * coded.groups() + group] = level;
        for (int i = from; i < from + size; i++) {
            coded.codes()[row * coded.columns() + i] =
                    (byte) level.code(own[i], coded.format().top());
        }
    }
}
