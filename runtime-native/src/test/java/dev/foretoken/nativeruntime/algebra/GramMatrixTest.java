package dev.foretoken.nativeruntime.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GramMatrixTest {

    /** Small whole numbers, whose sums are exact. */
    private static float[] rows(int count, int size) {
        Random random = new Random(count + size);
        float[] rows = new float[count * size];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = random.nextInt(-8, 9);
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "255, 7", "256, 8", "257, 9", "600, 33"})
    void addsUpTheProductsOfAllPairs(int count, int size) {
        float[] rows = rows(count, size);
        try (Workers workers = Workers.of(2)) {
            GramMatrix matrix = new GramMatrix(size, workers);
            int first = count / 3;
            matrix.add(java.util.Arrays.copyOf(rows, first * size), first);
            matrix.add(java.util.Arrays.copyOfRange(rows, first * size, rows.length), count - first);
            assertThat(matrix.rows()).isEqualTo(count);
            float[][] full = matrix.full();
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    double sum = 0;
                    for (int row = 0; row < count; row++) {
                        sum += rows[row * size + i] * rows[row * size + j];
                    }
                    assertThat((double) full[i][j]).isEqualTo(sum);
                }
            }
        }
    }

    @Test
    void everyPieceIsComputedOnceAndWhatItThrowsIsThrown() {
        try (Workers workers = Workers.of(4)) {
            AtomicIntegerArray seen = new AtomicIntegerArray(1000);
            workers.each(1000, seen::incrementAndGet);
            for (int i = 0; i < 1000; i++) {
                assertThat(seen.get(i)).isEqualTo(1);
            }
            assertThatThrownBy(() -> workers.each(100, piece -> {
                        if (piece == 57) {
                            throw new IllegalArgumentException("piece 57");
                        }
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("piece 57");
        }
    }
}
