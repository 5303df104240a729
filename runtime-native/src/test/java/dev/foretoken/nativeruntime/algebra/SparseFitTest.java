package dev.foretoken.nativeruntime.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SparseFitTest {

    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] matrix = new float[count];
        for (int i = 0; i < count; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        return matrix;
    }

    private static double distance(float[] matrix, SparseFit fit, int columns, int terms) {
        double lost = 0;
        double all = 0;
        for (int i = 0; i < matrix.length; i++) {
            int row = i / columns;
            double sum = 0;
            for (int t = row * terms; t < (row + 1) * terms; t++) {
                sum += (double) fit.values()[t] * fit.basis()[fit.places()[t] * columns + i % columns];
            }
            lost += (matrix[i] - sum) * (matrix[i] - sum);
            all += (double) matrix[i] * matrix[i];
        }
        return Math.sqrt(lost / all);
    }

    @Test
    void saysWhatItLosesAndLosesLessWithEveryFewRounds() {
        float[] matrix = random(60 * 24, 1);
        SparseFit first = SparseFit.of(matrix, 60, 24, 20, 3, 0);
        SparseFit later = SparseFit.of(matrix, 60, 24, 20, 3, 10);
        assertThat(later.error()).isLessThan(first.error() * 0.95);
        assertThat(distance(matrix, later, 24, 3))
                .isCloseTo(later.error(), org.assertj.core.api.Assertions.within(1e-5));
    }

    @Test
    void losesNothingWithAsManyTermsAsColumns() {
        float[] matrix = random(40 * 10, 2);
        SparseFit fit = SparseFit.of(matrix, 40, 10, 14, 10, 1);
        assertThat(distance(matrix, fit, 10, 10)).isLessThan(1e-4);
    }

    @Test
    void namesEveryVectorOnceInARow() {
        float[] matrix = new float[6 * 8];
        matrix[3] = 1;
        SparseFit fit = SparseFit.of(matrix, 6, 8, 5, 4, 2);
        for (int row = 0; row < 6; row++) {
            assertThat(Arrays.stream(fit.places(), row * 4, (row + 1) * 4)
                            .distinct()
                            .count())
                    .isEqualTo(4);
        }
        assertThat(fit.values()).doesNotContain(Float.NaN);
    }
}
