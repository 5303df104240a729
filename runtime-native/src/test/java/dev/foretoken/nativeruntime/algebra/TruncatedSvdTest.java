package dev.foretoken.nativeruntime.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TruncatedSvdTest {

    private static float[] random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        return matrix;
    }

    private static float[] product(float[] up, float[] down, int rank) {
        int rows = up.length / rank;
        int columns = down.length / rank;
        float[] made = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int i = 0; i < rank; i++) {
                    sum += (double) up[row * rank + i] * down[i * columns + column];
                }
                made[row * columns + column] = (float) sum;
            }
        }
        return made;
    }

    private static double distance(float[] a, float[] b) {
        double lost = 0;
        double all = 0;
        for (int i = 0; i < a.length; i++) {
            lost += (a[i] - b[i]) * (double) (a[i] - b[i]);
            all += a[i] * (double) a[i];
        }
        return Math.sqrt(lost / all);
    }

    @ParameterizedTest
    @CsvSource({"20, 30, 5", "30, 20, 5", "17, 17, 17", "600, 700, 9", "1, 8, 1"})
    void findsMatricesThatAreOfTheRank(int rows, int columns, int rank) {
        float[] matrix = product(random(rows, rank, 1), random(rank, columns, 2), rank);
        TruncatedSvd svd = TruncatedSvd.of(matrix, rows, columns, rank);
        assertThat(distance(matrix, product(svd.up(), svd.down(), rank))).isLessThan(1e-5);
        assertThat(svd.error()).isLessThan(1e-5);
    }

    @Test
    void keepsTheLargestPartsAndSaysWhatIsLost() {
        float[] diagonal = new float[16];
        diagonal[0] = 1;
        diagonal[5] = -4;
        diagonal[10] = 2;
        diagonal[15] = 3;
        TruncatedSvd svd = TruncatedSvd.of(diagonal, 4, 4, 2);
        float[] kept = product(svd.up(), svd.down(), 2);
        assertThat(kept[5]).isCloseTo(-4, within(1e-5f));
        assertThat(kept[15]).isCloseTo(3, within(1e-5f));
        assertThat(kept[10]).isCloseTo(0, within(1e-5f));
        assertThat(svd.error()).isCloseTo(Math.sqrt(5 / 30.0), within(1e-6));
    }

    /** The random subspace loses hardly more than an exact decomposition, and finds the same again. */
    @Test
    void losesLittleMoreInARandomSubspace() {
        int size = 540;
        float[] noise = random(size, size, 3);
        float[] matrix = product(random(size, 24, 4), random(24, size, 5), 24);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] += 0.3f * noise[i];
        }
        TruncatedSvd svd = TruncatedSvd.of(matrix, size, size, 24);
        assertThat(svd.error())
                .isLessThan(0.3 * distance(matrix, new float[matrix.length]) * size / norm(matrix) * 1.01);
        assertThat(TruncatedSvd.of(matrix, size, size, 24).up()).isEqualTo(svd.up());
    }

    private static double norm(float[] matrix) {
        double squares = 0;
        for (float x : matrix) {
            squares += x * (double) x;
        }
        return Math.sqrt(squares);
    }

    @Test
    void refusesRanksThatAMatrixCannotHave() {
        assertThatThrownBy(() -> TruncatedSvd.of(new float[12], 3, 4, 4)).hasMessageContaining("must be in [1, 3]");
    }
}
